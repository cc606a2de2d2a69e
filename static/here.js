// Fills the position from the device, after a tap and its owner's consent. The page works without: the field takes text.

document.querySelectorAll("[data-here]").forEach((line) => {
  if (!navigator.geolocation || !window.isSecureContext) return;
  const field = document.getElementById(line.dataset.here);
  const precision = document.getElementById(line.dataset.precision);
  const said = line.querySelector("[role=status]");
  line.hidden = false;
  line.querySelector("button").addEventListener("click", () => {
    said.textContent = "…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
        if (precision) precision.value = coords.accuracy <= 100 ? "exact" : "street";
        said.textContent = `± ${Math.round(coords.accuracy)} m`;
      },
      () => {
        said.textContent = line.dataset.refused;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
});
