function tastingMenus(prices, courses, budget) {
  const menus = [];
  const menu = [];

  function extend(start, money) {
    if (menu.length === courses) {
      if (money === 0) menus.push([...menu]);
      return;
    }
    const last = prices.length - (courses - menu.length);
    for (let dish = start; dish <= last; dish++) {
      if (prices[dish] > money) continue;
      menu.push(dish);
      extend(dish + 1, money - prices[dish]);
      menu.pop();
    }
  }

  extend(0, budget);
  return menus;
}
