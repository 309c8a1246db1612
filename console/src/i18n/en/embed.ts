// English texts of the embedded page before it has a token.

export const embed = {
  waiting: "Waiting for the page around",
  waitingText: "It has to hand over a token before anything is shown.",
  nobody: "This address is for frames of pages that the server's configuration names.",
};
