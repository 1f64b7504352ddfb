// expect: runtime_error
const fs = require('fs');
function square(n) { return n * n; }
