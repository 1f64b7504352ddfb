class Cursor {
  constructor(...scenes) {
    this.colours = scenes.map(([colour]) => colour);
    this.starts = [];
    let total = 0;
    for (const [, frames] of scenes) {
      this.starts.push(total);
      total += frames;
    }
    this.last = total - 1;
    this.position = 0;
  }

  scene() {
    let low = 0;
    let high = this.starts.length; // the scene is in [low, high)
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= this.position) low = middle;
      else high = middle;
    }
    return low;
  }

  forward(frames) {
    this.position = Math.min(this.position + frames, this.last);
    return this.colours[this.scene()];
  }

  back(frames) {
    this.position = Math.max(this.position - frames, 0);
    return this.colours[this.scene()];
  }

  where() {
    const scene = this.scene();
    return [scene, this.position - this.starts[scene]];
  }
}

function run(operations, args) {
  const cursor = new Cursor(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : cursor[name](...args[k])));
}
