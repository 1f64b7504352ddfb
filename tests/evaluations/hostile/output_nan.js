// expect: wrong_answer
function square(n) { return NaN; }
