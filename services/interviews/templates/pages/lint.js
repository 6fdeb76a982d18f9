(function () {
  var form = document.querySelector("form[data-lint]"), timer;
  if (!form || !window.fetch) return;
  function show(area, advice) {
    var box = document.getElementById(area.name + "-advice");
    box.textContent = "";
    advice.forEach(function (sentence) {
      var line = document.createElement("p");
      line.textContent = sentence;
      box.appendChild(line);
    });
    box.hidden = !advice.length;
  }
  function look() {
    var areas = form.querySelectorAll("textarea:not([data-internal])"), texts = {};
    areas.forEach(function (area) { if (area.value.trim()) texts[area.name] = area.value; });
    fetch(location.pathname + "/lint", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ language: form.elements.language.value, texts: texts })
    }).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (found) {
      if (found) areas.forEach(function (area) { show(area, found.advice[area.name] || []); });
    }).catch(function () {});
  }
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(look, 600); });
})();
