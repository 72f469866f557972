// A page that was reloaded without the admin's parameters is opened again with
// those it was opened with first.
try {
  const opened = sessionStorage.getItem("opened");
  if (opened) {
    const address = new URL(location.href);
    for (const [name, value] of new URLSearchParams(opened)) address.searchParams.set(name, value);
    location.replace(address);
  }
} catch {
  // Storage is refused to some frames: the page says how to open the app.
}
