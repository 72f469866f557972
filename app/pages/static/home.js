// What the home page's buttons and switches do. App Bridge adds the session
// token to every request of this page to its own origin.
const said = document.querySelector("#said");

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error?.message ?? `the server answered ${answer.status}`);
  return content;
}

// act runs what a control does, keeps it from being used twice meanwhile, and
// says how it went wrong where it did.
async function act(control, work) {
  control.disabled = true;
  said.textContent = "";
  try {
    await work();
  } catch (failure) {
    said.textContent = failure.message;
  } finally {
    control.disabled = false;
  }
}

document.querySelector("#connect").addEventListener("click", (event) =>
  act(event.target, async () => {
    const { authorize_url: url } = await call("POST", "/api/tiktok/connect");
    open(url, "_top"); // TikTok's page does not let itself be framed
  }),
);

for (const button of document.querySelectorAll("button[data-disconnect]")) {
  button.addEventListener("click", () =>
    act(button, async () => {
      await call("POST", "/api/tiktok/disconnect", { tiktok_shop_id: button.dataset.disconnect });
      button.closest("li").remove();
    }),
  );
}

for (const box of document.querySelectorAll("input[data-setting]")) {
  box.addEventListener("change", () =>
    act(box, async () => {
      const wanted = box.checked;
      box.checked = !wanted; // until the server has it
      const settings = await call("PUT", "/api/settings", { [box.dataset.setting]: wanted });
      box.checked = settings[box.dataset.setting];
    }),
  );
}
