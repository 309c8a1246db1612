// A new password. Other browsers are signed out by it.

import { Alert, Button, PasswordInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { accountQuery, changePassword } from "../../api/account";
import { ApiError } from "../../api/error";
import { queryClient } from "../../api/queries";
import { sessionQuery } from "../../api/session";
import { useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import classes from "./account.module.css";

/** Refusals that have words of ours. */
const REFUSALS = new Set(["wrong_proof", "weak_password"]);

export function PasswordForm() {
  const t = useT("account");
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const [again, setAgain] = useState("");
  const isDifferent = again !== "" && again !== wanted;

  const change = useMutation({
    mutationFn: () => changePassword({ current, new: wanted }),
    onSuccess: async () => {
      setCurrent("");
      setWanted("");
      setAgain("");
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === again) change.mutate();
  };
  const code = change.error instanceof ApiError ? change.error.code : "";
  const field = (label: string, value: string, set: (value: string) => void, kind: string) => (
    <PasswordInput
      label={label}
      autoComplete={kind}
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
      error={value === again && isDifferent ? t.different : undefined}
    />
  );
  return (
    <form onSubmit={submit} className={classes.form}>
      {field(t.current, current, setCurrent, "current-password")}
      {field(t.wanted, wanted, setWanted, "new-password")}
      {field(t.again, again, setAgain, "new-password")}
      <Refusal error={change.error} words={REFUSALS.has(code) ? t.refusal(code) : undefined} />
      {change.isSuccess ? (
        <Alert color="teal" variant="light" icon={<IconCheck size={16} />} role="status">
          {t.changed}
        </Alert>
      ) : null}
      <Button type="submit" loading={change.isPending}>
        {t.change}
      </Button>
    </form>
  );
}
