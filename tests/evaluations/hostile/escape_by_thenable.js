// expect: wrong_answer|runtime_error; family: tampering; tests: 2
// The harness settles a promise deep in the test's own stack: it must not throw an error of its realm into it, and a
// second answer must not be taken for the next test's.
function square(n) {
  return { then(resolve, reject) {
    let leaked = false;
    const dive = () => {
      try { resolve(0); } catch (problem) { leaked = leaked || !(problem instanceof Error); }
      dive();
    };
    try { dive(); } catch {}
    resolve(leaked ? 'leaked' : 0);
    reject(new Error('again'));
  } };
}
