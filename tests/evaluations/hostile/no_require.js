// expect: runtime_error; family: introspection
const fs = require('fs');
function square(n) { return n * n; }
