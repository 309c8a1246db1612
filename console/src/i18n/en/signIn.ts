// English texts of signing in.

const PROVIDER: Record<string, string> = {
  denied: "The provider did not let you in.",
  expired: "That took too long. Try again.",
};

export const signIn = {
  title: "Sign in",
  intro: "The audit log of this platform.",
  username: "Name",
  directory: "Your own account here, or the one of your directory",
  password: "Password",
  showPassword: "Show the password",
  otp: "Second factor",
  otpHint: "The six digits of your app, or a recovery code",
  submit: "Sign in",
  or: "or",
  by: (provider: string) => `Sign in with ${provider}`,
  provider: (code: string) => PROVIDER[code] ?? `Signing in by the provider failed (${code}).`,
  failed: "Name, password or second factor is wrong, or the account cannot be used.",
  tooMany: "Too many attempts. Wait a few minutes, then try again.",
  openLog: (origin: string, size: string) => `${origin} · ${size} events · open to everyone`,
  openLogText:
    "The signed checkpoint: name, size and root hash of the log. Keep one; a later log that does not extend it was rewritten or rolled back.",
  checkpoint: "Signed checkpoint",
  keysText: "The verifier keys, current first. Compare with what you were given by another way.",
  keys: "Verifier keys",
};
