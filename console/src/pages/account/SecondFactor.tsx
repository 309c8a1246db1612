// The second factor: set up with a code to scan or to type, confirmed once, and taken away again.

import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { accountQuery, confirmTotp, endTotp, proposeTotp } from "../../api/account";
import { queryClient } from "../../api/queries";
import { useT } from "../../i18n/locale";
import { Copy } from "../../shell/Copy";
import { Refusal } from "../../shell/Refusal";
import { Section } from "../../ui/Page";
import { Tag } from "../../ui/Tag";
import classes from "./account.module.css";
import { QrCode } from "./QrCode";

export function SecondFactor({ isEnabled }: { isEnabled: boolean }) {
  const t = useT("account");
  const [codes, setCodes] = useState<string[] | null>(null);
  const propose = useMutation({ mutationFn: proposeTotp });
  const refresh = () => queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
  const confirmed = (recovery: string[]) => {
    setCodes(recovery);
    propose.reset();
    void refresh();
  };
  return (
    <Section
      title={t.secondFactor}
      intro={t.secondFactorText}
      actions={<Tag kind={isEnabled ? "good" : "quiet"}>{isEnabled ? t.on : t.off}</Tag>}
    >
      {codes ? <Recovery codes={codes} /> : null}
      {isEnabled ? <Ending onEnded={refresh} /> : null}
      {!isEnabled && !propose.data ? (
        <div>
          <Refusal error={propose.error} />
          <Button loading={propose.isPending} onClick={() => propose.mutate()}>
            {t.setUp}
          </Button>
        </div>
      ) : null}
      {!isEnabled && propose.data ? <Proposal {...propose.data} onConfirmed={confirmed} /> : null}
    </Section>
  );
}

interface ProposalProps {
  secret: string;
  uri: string;
  onConfirmed: (recovery: string[]) => void;
}

function Proposal({ secret, uri, onConfirmed }: ProposalProps) {
  const t = useT("account");
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => confirmTotp(code.replaceAll(" ", "")),
    onSuccess: ({ recovery_codes }) => onConfirmed(recovery_codes),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <div className={classes.proposal}>
      <QrCode text={uri} name={t.qrName} className={classes.code} />
      <form className={`${classes.form} ${classes.steps}`} onSubmit={submit}>
        <p className="quiet">{t.scan}</p>
        <Copy name={t.secret} text={secret} />
        <TextInput
          label={t.code}
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          withAsterisk={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Refusal error={confirm.error} />
        <Button type="submit" loading={confirm.isPending}>
          {t.confirm}
        </Button>
      </form>
    </div>
  );
}

function Recovery({ codes }: { codes: string[] }) {
  const t = useT("account");
  return (
    <Alert color="teal" variant="light" icon={<IconShieldCheck size={18} />} title={t.codesTitle}>
      <p>{t.codesText}</p>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Alert>
  );
}

function Ending({ onEnded }: { onEnded: () => void }) {
  const t = useT("account");
  const [password, setPassword] = useState("");
  const end = useMutation({ mutationFn: () => endTotp(password), onSuccess: onEnded });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    end.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <PasswordInput
        label={t.current}
        description={t.endText}
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Refusal error={end.error} />
      <Button type="submit" variant="default" loading={end.isPending}>
        {t.endFactor}
      </Button>
    </form>
  );
}
