// Looks again every two seconds while a part of the page says that it is live,
// and loads the page anew when that part is gone. Without it a link does the same.
"use strict";
(function () {
  function look() {
    var part = document.querySelector("[data-live]");
    if (!part || document.hidden) { if (part) setTimeout(look, 2000); return; }
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
      if (!fresh) { location.reload(); return; }
      if (fresh.innerHTML !== part.innerHTML) { part.innerHTML = fresh.innerHTML; }
      setTimeout(look, 2000);
    }).catch(function () { setTimeout(look, 10000); });
  }
  setTimeout(look, 2000);
})();
