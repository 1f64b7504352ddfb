// expect: runtime_error; kind: stdio
// Most real-time signals have no name: dying of one is the learner's failure, not the judge's.
process.kill(process.pid, 40);
