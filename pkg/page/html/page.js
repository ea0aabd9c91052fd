"use strict";
// Maps: zoom and pan of the view, and what is under the pointer.
for (const map of document.querySelectorAll("figure.map")) {
  const stage = map.querySelector(".stage"), svg = stage.querySelector("svg");
  const say = map.querySelector("output"), hint = say.textContent;
  const data = JSON.parse(map.querySelector("script").textContent);
  const [, , w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
  let x = 0, y = 0, k = 1;
  const show = () => {
    k = Math.min(Math.max(k, 1), 200);
    x = Math.min(Math.max(x, 0), w - w / k);
    y = Math.min(Math.max(y, 0), h - h / k);
    svg.setAttribute("viewBox", [x, y, w / k, h / k].join(" "));
    stage.classList.toggle("zoomed", k > 1);
  };
  const at = e => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const zoom = (by, p) => {
    p = p || { x: x + w / k / 2, y: y + h / k / 2 };
    const next = Math.min(Math.max(k * by, 1), 200);
    x = p.x - (p.x - x) * k / next;
    y = p.y - (p.y - y) * k / next;
    k = next;
    show();
  };
  const reset = () => { x = y = 0; k = 1; show(); };
  const tell = e => {
    const p = at(e), [l, t, r, b] = data.frame, [u, v, uu, vv] = data.span;
    if (p.x < l || p.x > r || p.y < t || p.y > b) { say.textContent = hint; return; }
    const c = (from, to, s) => (from + (to - from) * s).toPrecision(4);
    const place = data.axes[0] + " = " + c(u, uu, (p.x - l) / (r - l)) + (data.axes[1] ? ", " + data.axes[1] + " = " + c(v, vv, (p.y - t) / (b - t)) : "");
    const cell = document.elementFromPoint(e.clientX, e.clientY);
    const i = cell && stage.contains(cell) ? cell.getAttribute("data-i") : null;
    say.textContent = place + (i === null ? "" : ": " + data.patterns[i]);
  };
  let drag = null, touches = new Map();
  svg.addEventListener("pointerdown", e => {
    touches.set(e.pointerId, e);
    drag = at(e);
    if (k > 1) svg.setPointerCapture(e.pointerId);
    tell(e);
  });
  svg.addEventListener("pointermove", e => {
    if (touches.size === 2 && touches.has(e.pointerId)) {
      const other = [...touches.values()].find(o => o.pointerId !== e.pointerId), old = touches.get(e.pointerId);
      const before = Math.hypot(old.clientX - other.clientX, old.clientY - other.clientY);
      zoom(Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY) / Math.max(before, 1), at(other));
    } else if (touches.has(e.pointerId) && drag && k > 1) {
      const p = at(e);
      x += drag.x - p.x; y += drag.y - p.y;
      show();
    }
    if (touches.has(e.pointerId)) touches.set(e.pointerId, e);
    tell(e);
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, e => touches.delete(e.pointerId));
  svg.addEventListener("pointerleave", () => { if (!touches.size) say.textContent = hint; });
  svg.addEventListener("wheel", e => { if (e.ctrlKey || e.metaKey) { e.preventDefault(); zoom(Math.exp(-e.deltaY / 200), at(e)); } }, { passive: false });
  svg.addEventListener("dblclick", e => zoom(2, at(e)));
  const does = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), all: reset };
  for (const b of map.querySelectorAll("button")) b.addEventListener("click", does[b.dataset.do]);
  stage.addEventListener("keydown", e => {
    const step = 0.15 / k, go = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.key === "+" || e.key === "=") zoom(1.6);
    else if (e.key === "-") zoom(1 / 1.6);
    else if (e.key === "0") reset();
    else if (go && k > 1) { x += go[0] * step * w; y += go[1] * step * h; show(); }
    else return;
    e.preventDefault();
  });
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => d.open = true));
