// expect: accepted; family: control; kind: stdio
let text = '';
process.stdin.on('data', (chunk) => (text += chunk));
process.stdin.on('end', () => console.log(Number(text) ** 2));
