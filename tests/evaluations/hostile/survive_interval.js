// expect: accepted
// Intervals and unsettled promises that are left behind cost the process, not the next test.
async function square(n) {
  setInterval(() => { for (let k = 0; k < 1e7; k++); }, 0);
  new Promise(() => {}).then(() => {});
  return n * n;
}
