// Signing in: password (own accounts and LDAP), second factor where one is set up, other providers.
//
// It leads back to the page that was asked for. What the log shows to everyone stands below the
// form: checkpoint and keys need no account.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { basePath } from "../../api/base";
import { json } from "../../api/client";
import { ApiError } from "../../api/error";
import { queryClient } from "../../api/queries";
import { type Session, sessionQuery, useSession } from "../../api/session";
import { backTo } from "../../back";
import { useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { LanguageAndTheme } from "../../shell/LanguageAndTheme";
import { Refusal } from "../../shell/Refusal";
import { OpenLog } from "./OpenLog";
import classes from "./sign-in.module.css";

const route = getRouteApi("/ui/sign-in");

export function SignInPage() {
  const t = useT("signIn");
  const { return: wanted, error } = route.useSearch();
  const { methods } = useSession();
  const back = backTo(wanted, basePath);
  const hasForm = methods.password || methods.ldap;
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <header className={classes.head}>
          <img src="assets/mark.svg" alt="" width={34} height={34} />
          <div>
            <h1 className={classes.title}>{t.title}</h1>
            <p className="quiet">{t.intro}</p>
          </div>
        </header>
        {error ? <Refusal error={error} words={t.provider(error)} /> : null}
        {hasForm ? <PasswordForm back={back} hasLdap={methods.ldap} /> : null}
        {hasForm && methods.oidc.length > 0 ? <p className={classes.or}>{t.or}</p> : null}
        {methods.oidc.map(({ id, name }) => (
          <Button
            key={id}
            component="a"
            size="sm"
            variant="default"
            fullWidth
            href={`v1/auth/oidc/${encodeURIComponent(id)}/start?return=${encodeURIComponent(back)}`}
          >
            {t.by(name)}
          </Button>
        ))}
      </div>
      <OpenLog />
      <LanguageAndTheme />
    </main>
  );
}

function PasswordForm({ back, hasLdap }: { back: string; hasLdap: boolean }) {
  const t = useT("signIn");
  const navigate = useNavigate();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [needsOtp, setNeedsOtp] = useState(false);

  const signIn = useMutation({
    mutationFn: () =>
      json<Session>("/v1/sign-in", {
        method: "POST",
        body: JSON.stringify({ username, password, ...(needsOtp ? { otp } : {}) }),
      }),
    onSuccess: async (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      const mustChange = session.signed_in && session.must_change_password;
      await navigate({ href: mustChange ? paths.account : back, replace: true });
    },
    onError: (refusal) => {
      if (refusal instanceof ApiError && refusal.code === "otp_required") setNeedsOtp(true);
      else setOtp("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const code = signIn.error instanceof ApiError ? signIn.error.code : null;
  const isRefused = signIn.error !== null && code !== "otp_required";
  const words =
    code === "sign_in_failed" ? t.failed : code === "too_many_attempts" ? t.tooMany : undefined;

  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        size="sm"
        label={t.username}
        description={hasLdap ? t.directory : undefined}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        autoFocus
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        size="sm"
        label={t.password}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {needsOtp ? (
        <TextInput
          size="sm"
          label={t.otp}
          description={t.otpHint}
          name="otp"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
          value={otp}
          onChange={(event) => setOtp(event.currentTarget.value.trim())}
        />
      ) : null}
      {isRefused ? <Refusal error={signIn.error} words={words} /> : null}
      <Button
        type="submit"
        size="sm"
        loading={signIn.isPending}
        leftSection={<IconLogin2 size={16} />}
      >
        {t.submit}
      </Button>
    </form>
  );
}
