// English texts of the address page.

export const ip = {
  kind: "Source address",
  figureEvents: "Events",
  figureUsers: "Users",
  figureRefused: "Failed or denied",
  figureSignIns: "Failed sign-ins",
  agents: "Programs",
  unknownTitle: "Nothing came from this address",
  unknownText: "No event that you may see has it as its source, at any time.",
};
