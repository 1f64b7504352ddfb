// expect: runtime_error
function square(n) { throw { get stack() { throw this; }, get name() { throw this; }, toString() { throw this; } }; }
