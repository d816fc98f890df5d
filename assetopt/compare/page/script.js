"use strict";
(() => {
  const make = (tag, set = {}, ...inside) => { const node = Object.assign(document.createElement(tag), set); node.append(...inside); return node; };
  // Tables: a filter above, a sort button in every heading.
  for (const table of document.querySelectorAll("table[data-tools]")) {
    const rows = [...table.tBodies[0].rows];
    const words = rows.map(row => row.textContent.toLowerCase());
    const count = make("span", { textContent: `${rows.length} rows` });
    count.setAttribute("role", "status");
    const box = make("input", { type: "search" });
    box.addEventListener("input", () => {
      const asked = box.value.toLowerCase().trim();
      let left = 0;
      rows.forEach((row, at) => { row.hidden = !words[at].includes(asked); left += !row.hidden; });
      count.textContent = asked ? `${left} of ${rows.length} rows` : `${rows.length} rows`;
    });
    const caption = table.caption.textContent;
    const label = make("label", {}, "Filter ", box);
    box.setAttribute("aria-label", `Filter: ${caption}`);
    table.parentElement.before(make("div", { className: "tools" }, label, count));
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button", { type: "button", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = row => { const cell = row.cells[column]; return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value); };
        const order = (a, b) => {
          const x = value(a), y = value(b);
          if (typeof x === "number" && typeof y === "number") return x - y;
          if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
          return x.localeCompare(y, "en-GB", { numeric: true });
        };
        table.tBodies[0].append(...[...rows].sort((a, b) => down ? order(b, a) : order(a, b)));
      });
    });
  }
  // Maps: one above the other, with a slider that uncovers the second.
  const maps = document.getElementById("maps");
  if (!maps) return;
  const figures = [...maps.querySelectorAll("figure")];
  const choice = (name, at) => {
    const select = make("select", {}, ...figures.map((figure, n) => make("option", { value: String(n), textContent: `Plan ${figure.dataset.plan}`, selected: n === at })));
    return [select, make("label", {}, `${name} `, select)];
  };
  const [left, leftLabel] = choice("Left", 0), [right, rightLabel] = choice("Right", 1);
  const range = make("input", { type: "range", id: "swipe", min: "0", max: "100", value: "50" });
  range.setAttribute("aria-label", "How much of the map shows the left plan, per cent");
  const under = make("div", { className: "under map" }), over = make("div", { className: "over map" });
  const cut = () => { over.style.clipPath = `inset(0 ${100 - Number(range.value)}% 0 0)`; };
  const show = () => {
    under.replaceChildren(figures[right.value].querySelector("svg").cloneNode(true));
    over.replaceChildren(figures[left.value].querySelector("svg").cloneNode(true));
    cut();
  };
  for (const node of [left, right]) node.addEventListener("change", show);
  range.addEventListener("input", cut);
  const all = make("details", {}, make("summary", { textContent: "Every map by itself" }), ...figures);
  maps.append(make("div", { className: "tools" }, leftLabel, rightLabel), range, make("div", { className: "swipe" }, under, over), all);
  show();
})();
