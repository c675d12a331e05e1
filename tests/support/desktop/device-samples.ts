import { formState } from '../accounts/sample-people.ts';
import type { Sample } from '../pages/page-samples.ts';

/** The pages of a device without a keyboard. @param form what the library writes into them */
export const deviceSamples = (form: (id: string) => string): readonly Sample[] => [
  { name: 'device-code', view: 'interactions/device/code.pug', titleKey: 'device.code.title', locals: () => formState },
  {
    name: 'device-code-wrong',
    view: 'interactions/device/code.pug',
    titleKey: 'device.code.title',
    locals: (t) => ({
      ...formState,
      values: { user_code: 'WDJB' },
      errors: [{ field: 'user_code', text: t('device.code.unknown') }],
    }),
  },
  {
    name: 'device-confirm',
    view: 'interactions/device/confirm.pug',
    titleKey: 'device.confirm.title',
    locals: () => ({ application: 'Tablette de garde', userCode: 'WDJB-MJHT', formHtml: form('op.deviceConfirmForm') }),
  },
  {
    name: 'device-done',
    view: 'interactions/device/done.pug',
    titleKey: 'device.done.title',
    locals: () => ({ application: 'Tablette de garde' }),
  },
];
