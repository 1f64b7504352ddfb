// expect: wrong_answer; family: other
// A reversed group keeps the direction of the groups in it.
function newGroup(backwards) {
  return { backwards, parts: [], ends: [], length: 0 };
}

function add(group, part, steps) {
  group.length += steps;
  group.parts.push(part);
  group.ends.push(group.length);
}

function parse(score) {
  const stack = [newGroup(false)];
  let at = 0;
  while (at < score.length) {
    const mark = score[at];
    at += 1;
    if (mark === "(" || mark === "[") {
      stack.push(newGroup(mark === "["));
    } else if (mark === ")" || mark === "]") {
      const group = stack.pop();
      const digitsFrom = at;
      while (at < score.length && score[at] >= "0" && score[at] <= "9") {
        at += 1;
      }
      const times = at > digitsFrom ? Number(score.slice(digitsFrom, at)) : 1;
      add(stack.at(-1), group, group.length * times);
    } else {
      add(stack.at(-1), mark, 1);
    }
  }
  return stack[0];
}

function firstEndAfter(ends, position) {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > position) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function stepAt(dance, start) {
  if (start >= dance.length) {
    return "-";
  }
  let group = dance;
  let position = start;
  for (;;) {
    const which = firstEndAfter(group.ends, position);
    const part = group.parts[which];
    if (typeof part === "string") {
      return part;
    }
    position -= which > 0 ? group.ends[which - 1] : 0;
    position %= part.length;
    if (part.backwards) {
      part.parts.reverse();
    }
    group = part;
  }
}

function stepsAt(score, asked) {
  const dance = parse(score);
  return asked.map((position) => stepAt(dance, position - 1)).join("");
}
