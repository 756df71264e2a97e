"use strict";
// The address says what is shown: #CUST-AUTH-002 leads to a requirement, #verdict=fail&level=MUST filters.
(() => {
  const bar = document.getElementById("filter");
  const rows = [...document.querySelectorAll("[data-verdict]")];
  const choices = bar ? [...bar.querySelectorAll("select")] : [];
  const opened = new Set();

  const unfold = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (one.localName === "details" && !one.open) {
        one.open = true;
        opened.add(one);
      }
    }
  };

  const wanted = () => {
    const address = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(choices.map((one) => [one.dataset.filter, address.get(one.dataset.filter) || ""]));
  };

  const filter = () => {
    const names = wanted();
    const filtering = Object.values(names).some(Boolean);
    for (const one of choices) {
      one.value = names[one.dataset.filter];
    }
    for (const one of opened) {
      one.open = false;
    }
    opened.clear();
    let count = 0;
    for (const row of rows) {
      row.hidden = !Object.entries(names).every(([name, value]) => !value || row.dataset[name] === value);
      count += row.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("[data-group], [data-filtered]")) {
      const left = group.querySelector("[data-verdict]:not([hidden])");
      group.hidden = filtering && !left;
      if (filtering && left && left.localName === "li") {
        unfold(left.parentElement);
      }
    }
    for (const section of document.querySelectorAll("[data-filtered]")) {
      const number = section.querySelector("h2 .number");
      number.dataset.all ??= number.textContent;
      const left = section.querySelectorAll("[data-verdict]:not([hidden])").length;
      number.textContent = filtering ? `${left} of ${number.dataset.all}` : number.dataset.all;
    }
    document.body.classList.toggle("filtering", filtering);
    document.getElementById("shown").textContent = filtering ? `${count} of ${rows.length} shown` : "";
    document.getElementById("all").hidden = !filtering;
  };

  const land = () => {
    const name = location.hash.slice(1);
    const target = /^[\w-]+$/.test(name) ? document.getElementById(name) : null;
    if (target) {
      unfold(target.querySelector(":scope > details") || target);
      target.scrollIntoView();
    }
  };

  const follow = () => {
    if (bar) {
      filter();
    }
    land();
  };

  const choose = () => {
    const given = choices.filter((one) => one.value).map((one) => [one.dataset.filter, one.value]);
    const address = new URLSearchParams(given).toString();
    history.replaceState(null, "", address ? `#${address}` : location.pathname + location.search);
    filter();
  };

  for (const one of choices) {
    one.addEventListener("change", choose);
  }
  if (bar) {
    bar.hidden = false;
    document.getElementById("all").addEventListener("click", () => {
      for (const one of choices) {
        one.value = "";
      }
      choose();
      choices[0].focus();
    });
  }
  addEventListener("hashchange", follow);
  follow();
})();
