// expect: wrong_answer; family: forging; kind: stdio
require('fs').writeSync(3, 'Rtrue');
console.log('accepted');
