// A title that was chosen empties the search field, ready for the next one.
document.addEventListener("click", (event) => {
  if (!event.target.closest("#found button")) return;
  setTimeout(() => { // after the form was sent: it still needs to know which button had the focus
    const typed = document.getElementById("q");
    typed.value = "";
    typed.focus();
    typed.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
