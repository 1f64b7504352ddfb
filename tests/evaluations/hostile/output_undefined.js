// expect: wrong_answer
function square(n) {}
