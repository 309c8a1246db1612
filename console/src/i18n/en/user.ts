// English texts of the user page.

import { plural } from "../messages";

export const user = {
  kind: "User",
  pseudonym: "Pseudonym",
  pseudonymSay: "Names are shown as stable pseudonyms on this server.",
  also: (name: string) => `also ${name}`,
  lastNight: "Last night",
  figureEvents: "Events",
  figureRefused: "Failed or denied",
  figureActive: "Active days",
  figureSessions: "Sessions begun",
  figureAddresses: "Addresses",
  against: (change: string) => `${change} against the period before`,
  unusual: "Unusual",
  unusualNone: "Nothing unusual in this range.",
  unusualFew: (events: string) => `Too little is known to say: ${events} events before this range.`,
  unusualBase: (from: string, to: string, events: string) =>
    `Compared with ${from} – ${to}, ${events} events`,
  newAddress: (address: string) => `First time from ${address}`,
  newAddressWhy: (events: string, n: number) =>
    `${events} ${plural(n, "event", "events")} from there, none before`,
  newOperations: "For the first time",
  newOperationsWhy: (events: string, n: number) =>
    `${events} ${plural(n, "event", "events")}, none of these before`,
  unusualHours: (hours: string) => `At unusual hours: ${hours}`,
  unusualHoursWhy: (events: string, usual: string, n: number) =>
    `${events} ${plural(n, "event", "events")} at these hours, ${usual} in all the time before`,
  moreRefusals: (events: string) => `${events} failures and refusals`,
  moreRefusalsWhy: (expected: string) => `${expected} were to be expected`,
  burst: (events: string, start: string) => `${events} events in the hour from ${start}`,
  burstWhy: (usual: string) => `an active hour usually has ${usual}`,
  dormant: (silence: string) => `Back after ${silence} of silence`,
  dormantWhy: (last: string, again: string) => `last on ${last}, again on ${again}`,
  first: "First seen",
  last: "Last seen",
  inRange: "In range",
  newHere: "new",
  moreAddresses: (count: string) => `${count} more in the audit log`,
  reasonTitle: "Why do you look at this person?",
  reasonText: "This server keeps a record of who looked at whom, and why.",
  reasonLabel: "Reason",
  reasonGo: "Show the profile",
  profileOff: "Profiles of people are switched off on this server",
  profileOffText: "The events below are shown as in the audit log.",
  unknownTitle: "Nobody of this name did anything that you may see",
  unknownText: "Names are compared whole. Look in the audit log for a part of it.",
};
