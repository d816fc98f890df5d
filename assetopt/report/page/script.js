"use strict";
(() => {
  const make = (tag, set = {}, ...inside) => { const node = Object.assign(document.createElement(tag), set); node.append(...inside); return node; };
  // Tables: a filter above (every word must be found), a sort button in every heading.
  for (const table of document.querySelectorAll("table[data-tools]")) {
    const body = table.tBodies[0];
    const sums = [...body.rows].filter(row => row.className === "sum");
    const rows = [...body.rows].filter(row => row.className !== "sum");
    const words = rows.map(row => row.textContent.toLowerCase());
    const count = make("span", { textContent: `${rows.length} rows` });
    count.setAttribute("role", "status");
    const box = make("input", { type: "search", autocomplete: "off" });
    const caption = table.caption.textContent;
    box.setAttribute("aria-label", `Filter rows: ${caption}`);
    box.addEventListener("input", () => {
      const asked = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      rows.forEach((row, at) => { row.hidden = !asked.every(word => words[at].includes(word)); left += !row.hidden; });
      for (const row of sums) row.hidden = asked.length > 0;
      count.textContent = asked.length ? `${left} of ${rows.length} rows` : `${rows.length} rows`;
    });
    table.parentElement.before(make("div", { className: "tools" }, make("label", {}, "Filter ", box), count));
    const heads = [...table.tHead.rows[0].cells];
    const value = (row, column) => {
      const cell = row.cells[column], data = cell.querySelector("data");
      if (data) return Number(data.value);
      const word = cell.textContent;
      if (!cell.classList.contains("n")) return word;
      const number = parseFloat(word.replace(/[^0-9.-]/g, ""));
      return Number.isNaN(number) ? -Infinity : number;
    };
    heads.forEach((head, column) => {
      const button = make("button", { type: "button", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const state = head.getAttribute("aria-sort"), number = head.classList.contains("n");
        const down = state ? state === "ascending" : number; // figures: largest first
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const order = (a, b) => {
          const x = value(a, column), y = value(b, column);
          return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en-GB", { numeric: true });
        };
        body.append(...[...rows].sort((a, b) => down ? order(b, a) : order(a, b)), ...sums);
      });
    });
  }
  // Maps: the first lies over the second; a slider uncovers; buttons and arrow keys zoom and shift both.
  for (const maps of document.querySelectorAll(".maps")) {
    const figures = [...maps.querySelectorAll("figure")];
    if (figures.length !== 2) continue;
    const [over, under] = figures, names = figures.map(figure => figure.querySelector("figcaption").textContent);
    maps.classList.add("swipe");
    over.classList.add("over");
    under.after(over);
    const range = make("input", { type: "range", min: "0", max: "100", value: "50", step: "1" });
    range.setAttribute("aria-label", `Part of the map that shows: ${names[0]}; the rest shows: ${names[1]}`);
    const cut = () => {
      over.style.clipPath = `inset(0 ${100 - Number(range.value)}% 0 0)`;
      range.setAttribute("aria-valuetext", `${range.value} % ${names[0]}`);
    };
    range.addEventListener("input", cut);
    const pictures = figures.map(figure => figure.querySelector("svg"));
    const whole = pictures[0].getAttribute("viewBox").split(" ").map(Number);
    let view = [...whole];
    const show = () => pictures.forEach(picture => picture.setAttribute("viewBox", view.join(" ")));
    const zoom = by => {
      const wide = Math.min(whole[2], view[2] * by), high = wide * whole[3] / whole[2];
      view = [view[0] + (view[2] - wide) / 2, view[1] + (view[3] - high) / 2, wide, high];
      shift(0, 0);
    };
    const shift = (x, y) => {
      view[0] = Math.max(whole[0], Math.min(whole[0] + whole[2] - view[2], view[0] + x * view[2]));
      view[1] = Math.max(whole[1], Math.min(whole[1] + whole[3] - view[3], view[1] + y * view[3]));
      show();
    };
    const button = (sign, label, act) => {
      const node = make("button", { type: "button", textContent: sign });
      node.setAttribute("aria-label", label);
      node.addEventListener("click", act);
      return node;
    };
    const tools = make("div", { className: "tools" },
      button("+", "Zoom in", () => zoom(0.6)), button("−", "Zoom out", () => zoom(1 / 0.6)),
      button("←", "Shift west", () => shift(-0.2, 0)), button("→", "Shift east", () => shift(0.2, 0)),
      button("↑", "Shift north", () => shift(0, -0.2)), button("↓", "Shift south", () => shift(0, 0.2)),
      button("Whole map", "Whole map", () => { view = [...whole]; show(); }));
    maps.before(tools, make("p", { className: "ends" }, make("span", { textContent: `← ${names[0]}` }), make("span", { textContent: `${names[1]} →` })), range);
    cut();
  }
})();
