// English texts of one's own account.

const SOURCES: Record<string, string> = { local: "This server", ldap: "Directory (LDAP)" };

const REFUSALS: Record<string, string> = {
  wrong_proof: "The present password is wrong.",
  weak_password:
    "Too easy to guess: take at least 12 characters, no common word, name, date or row of keys, and not the present one.",
};

export const account = {
  title: "Account",
  intro: "What you do here is recorded, too.",
  name: "Name",
  source: "Vouched for by",
  sources: (code: string) => SOURCES[code] ?? code.replace(/^oidc:?/, "OIDC "),
  roles: "Roles",
  scope: "Sees",
  noScope: "All events",
  created: "Since",
  password: "Password",
  passwordSince: (date: string) => `Set on ${date}.`,
  mustChangeTitle: "Set your own password",
  mustChangeText:
    "The password you signed in with was handed over by somebody else and works once. Nothing else is shown until you have set your own.",
  current: "Present password",
  wanted: "New password",
  again: "New password again",
  showPassword: "Show the password",
  different: "This is not the same.",
  refusal: (code: string) => REFUSALS[code] ?? code,
  change: "Change the password",
  changed: "Changed. Other browsers were signed out.",
  secondFactor: "Second factor",
  secondFactorText:
    "Besides the password, signing in then takes six digits from an app on your phone.",
  on: "On",
  off: "Off",
  setUp: "Set up",
  scan: "Scan the code with an authenticator app, or type this secret into it. Then enter the six digits that it shows.",
  qrName: "QR code with the secret of the second factor",
  secret: "Secret",
  code: "Six digits",
  confirm: "Turn on",
  codesTitle: "It is on. Keep these recovery codes.",
  codesText: "Each lets you in once without the app. They are shown only now.",
  endText: "To turn the second factor off",
  endFactor: "Turn off",
  sessions: "Where you are signed in",
  sessionsText: "End what you do not know, and change your password.",
  since: "Since",
  lastUsed: "Last used",
  from: "From",
  browser: "Browser",
  act: "Action",
  thisOne: "This one",
  end: "End",
};
