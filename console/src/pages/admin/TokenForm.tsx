// A new token: what it is called, what it may do, how far and how long.

import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { createToken, TOKEN_ROLES } from "../../api/account";
import { useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import classes from "../../ui/confirm.module.css";

const DAY_MS = 24 * 60 * 60 * 1000;
const LIVES_DAYS = [30, 90, 365];

interface TokenFormProps {
  onClose: () => void;
  onDone: (made: { name: string; token: string }) => void;
}

export function TokenForm({ onClose, onDone }: TokenFormProps) {
  const t = useT("admin");
  const shell = useT("shell");
  const [name, setName] = useState("");
  const [role, setRole] = useState<string>("emitter");
  const [scope, setScope] = useState("");
  const [days, setDays] = useState("365");
  const [maySystem, setMaySystem] = useState(false);

  const save = useMutation({
    mutationFn: () =>
      createToken({
        name: name.trim(),
        role,
        scope: scope.trim() || null,
        expires: days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null,
        may_be_system: role === "emitter" && maySystem,
      }),
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t.newToken}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t.name}
          description={t.tokenNameHint}
          required
          withAsterisk={false}
          maxLength={128}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t.role}
          description={t.roleText(role)}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
          data={TOKEN_ROLES.map((code) => ({ value: code, label: shell.role(code) }))}
        />
        <TextInput
          label={t.scope}
          description={role === "emitter" ? t.emitterScopeHint : t.scopeHint}
          placeholder="service:hpc-clusters"
          spellCheck={false}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t.life}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            ...LIVES_DAYS.map((count) => ({ value: String(count), label: t.days(count) })),
            { value: "", label: t.neverExpires },
          ]}
        />
        {role === "emitter" ? (
          <Checkbox
            label={t.maySystem}
            description={t.maySystemHint}
            checked={maySystem}
            onChange={(event) => setMaySystem(event.currentTarget.checked)}
          />
        ) : null}
        <Refusal error={save.error} />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
