// expect: accepted; family: control
function square(n) { return eval('n * n') === new Function('n', 'return n * n')(n) ? n * n : 0; }
