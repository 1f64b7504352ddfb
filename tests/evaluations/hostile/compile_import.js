// expect: compile_error
import fs from 'fs';
function square(n) { return n * n; }
