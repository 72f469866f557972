// The frame of the app's block is as high as what it holds.
const block = document.querySelector("iframe.block");
const fit = () => {
  const body = block.contentDocument?.body;
  if (!body) return;
  // Not while sizes are being told: the height of the frame is one of them.
  new ResizeObserver(() => requestAnimationFrame(() => (block.style.height = `${Math.ceil(body.getBoundingClientRect().height) + 2}px`))).observe(body);
};
block.addEventListener("load", fit);
fit();
