// expect: wrong_answer; family: tampering
function square(n) {
  JSON.stringify = () => '"forged"';
  JSON.parse = () => [0];
  Array.isArray = () => true;
  Object.keys = () => [];
  Array.prototype.map = () => [];
  Array.prototype.join = () => 'R';
  String.prototype.slice = () => 'R';
  Object.prototype.toJSON = () => 1;
  Object.prototype.status = 'R';
  Promise.prototype.then = () => {};
  return 0;
}
