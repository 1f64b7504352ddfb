// expect: wrong_answer
function square(n) { return { toJSON() { return 'accepted'; } }; }
