// expect: accepted; kind: stdio; tests: 1; time: 2000
// A snapshot of the whole heap of this process: it may hold this test's input, never another's, nor the worker's values.
const input = require('fs').readFileSync(0, 'utf8').trim();
let text = '';
require('v8').getHeapSnapshot()
  .on('data', (chunk) => { text += chunk; })
  .on('end', () => {
    const numbers = new Set(text.match(/\b(1000003|2000006|1000006000009|4000024000036)\b/g));
    numbers.delete(input);
    const own = Number(input) ** 2;
    const words = ['MARK' + 'ER', 'expec' + 'ted_value', 'DATABASE' + '_URL'].filter((word) => text.includes(word));
    const others = [...numbers].filter((each) => !['1000003', '2000006', '1000006000009', '4000024000036'].includes(each));
    console.log(words.length || others.length ? `${words} ${others}` : own);
  });
