// expect: wrong_answer|runtime_error; family: forging; kind: stdio
require('fs').writeSync(3, 'Rtrue');
console.log('accepted');
