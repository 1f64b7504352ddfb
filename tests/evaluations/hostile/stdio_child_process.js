// expect: runtime_error; family: processes; kind: stdio
const done = require('child_process').spawnSync(process.execPath, ['-e', '1']);
if (done.error) throw done.error;
console.log('ran');
