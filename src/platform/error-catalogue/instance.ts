// Owns the rows of the error catalogue about this instance itself: configuration, store, keys, simulator, the unexpected. A long list on purpose.

import { row } from './row.ts';

export const instanceErrors = {
  // config: what the operator wrote
  'config.invalid': row(
    'The configuration has faults. Each is listed with what mends it.',
    'operator',
    'never',
    500,
  ),
  'config.data_dir_open_to_others': row(
    'The data directory can be read by other users of this machine. Make it private with chmod 700.',
    'operator',
    'never',
    500,
  ),
  'config.data_dir_inside_clone': row(
    'The data directory lies inside the program’s own folder. Set CHARTFOLD_DATA_DIR to a place outside it.',
    'operator',
    'never',
    500,
  ),
  'config.secret_open_to_others': row(
    'The file of the root key can be read or changed by other users of this machine. Make it private with chmod 600, its folder with chmod 700.',
    'operator',
    'never',
    500,
  ),
  'config.secret_beside_data': row(
    'The file of the root key lies in the data directory or in the program’s own folder, so that a copy of the one would bring along what opens it. Set CHARTFOLD_SECRET_FILE to a place outside both.',
    'operator',
    'never',
    500,
  ),
  'config.port_in_use': row(
    'The port is used by another program. End that program, or choose another port with the key named here.',
    'operator',
    'later',
    500,
  ),

  // tls: the certificates that are made here
  'tls.exists': row(
    'There is a certificate here already. Renew it with --force, or choose another folder with --out.',
    'operator',
    'never',
    409,
  ),
  'tls.authority_unfit': row(
    'The authority that is kept here cannot sign this certificate. To begin a new one, which every device must then trust, remove authority.crt and authority.key.',
    'operator',
    'never',
    409,
  ),

  // store: the encrypted database and its directory
  'store.bad_key_format': row(
    'The root key is not 64 hexadecimal characters. Restore the secret file from your copy.',
    'operator',
    'never',
    500,
  ),
  'store.wrong_key': row(
    'The secret does not open this database. Restore the secret that was made with this data directory.',
    'operator',
    'never',
    500,
  ),
  'store.not_encrypted': row(
    'The database file is not encrypted. Chartfold refuses to use it.',
    'operator',
    'never',
    500,
  ),
  'store.in_use': row(
    'Another Chartfold already uses this data directory. Stop it first, or use another data directory.',
    'operator',
    'later',
    409,
  ),
  'store.newer': row(
    'The data was written by a newer Chartfold. Start that version, or a newer one.',
    'operator',
    'never',
    500,
  ),
  'store.missing': row(
    'The record that was made here is gone: its database is missing or empty. Restore the data directory from your copy. Only to begin a new record without it, remove the files named here.',
    'operator',
    'never',
    500,
  ),
  'store.disk_full': row(
    'The disk of the data directory is full. What was stored before is kept. Make room, then try again.',
    'operator',
    'later',
    503,
  ),
  'store.not_writable': row(
    'The data directory cannot be written into: its permissions or its file system forbid it. Make it writable for the account that runs Chartfold.',
    'operator',
    'later',
    503,
  ),
  'store.corrupt': row(
    'The store is damaged, or a file of it is another’s. Nothing was changed. Restore a backup, or a copy of the data directory.',
    'operator',
    'never',
    500,
  ),

  'store.damage_found': row(
    'The store is damaged at the places named here. Restore a backup, or a copy of the data directory.',
    'operator',
    'never',
    500,
  ),
  'store.locked': row(
    'The root key is locked with a passphrase. Unlock the running server at its address or with npx chartfold unlock; without a server, run this on a terminal, where the passphrase is asked for.',
    'operator',
    'later',
    503,
  ),
  'store.not_empty': row(
    'The data directory is not empty. A backup is restored into an empty one only.',
    'operator',
    'never',
    409,
  ),
  'store.upgrade_failed': row(
    'The store could not be brought to this version’s form. It is as it was before. Start the version that wrote it, and report this.',
    'us',
    'never',
    500,
  ),

  // keys: the root key, its passphrase, the recovery kit
  'keys.wrong_passphrase': row(
    'This is not the passphrase of the root key.',
    'person',
    'never',
    403,
  ),
  'keys.weak_passphrase': row('The passphrase is too short.', 'person', 'never', 422),
  'keys.passphrases_differ': row(
    'The two passphrases are not the same. Nothing was changed.',
    'person',
    'never',
    422,
  ),
  'keys.secret_changed': row(
    'The file of the root key was changed meanwhile, and was left as it is now. Try again.',
    'operator',
    'later',
    409,
  ),
  'keys.not_locked': row('There is nothing to unlock.', 'operator', 'never', 409),
  'keys.secret_shared': row(
    'The same secret opens other databases too. Give each a secret of its own first.',
    'operator',
    'never',
    409,
  ),
  'keys.secret_missing': row(
    'The file of the root key is not there. Put back the one that was made with this data directory, or mount its disk.',
    'operator',
    'never',
    500,
  ),
  'keys.not_a_file': row(
    'The root key comes from the environment, so there is no file to change.',
    'operator',
    'never',
    409,
  ),
  'keys.kit_unreadable': row(
    'The file with the recovery kit can’t be read. Check its path and its permissions.',
    'person',
    'never',
    422,
  ),
  'keys.wrong_kit': row(
    'The recovery kit was not typed as it is printed. The row named here is amiss.',
    'person',
    'never',
    422,
  ),

  // backup: the sealed file of the whole instance
  'backup.not_one': row('This is not a backup of Chartfold.', 'operator', 'never', 422),
  'backup.newer': row(
    'The backup was made by a newer Chartfold. Use that version, or a newer one.',
    'operator',
    'never',
    422,
  ),
  'backup.other_kit': row(
    'The recovery kit is not the one of this backup.',
    'operator',
    'never',
    403,
  ),
  'backup.damaged': row('The backup is damaged. Use another one.', 'operator', 'never', 422),
  'backup.not_found': row('There is no backup here.', 'operator', 'never', 404),
  'backup.not_proven': row(
    'The backup could not be proven: what it gives back is not what was put in.',
    'operator',
    'later',
    500,
  ),

  // output: what a verb prints or writes into files
  'output.not_written': row(
    'Not all could be written. Check that the place named here is a folder or file that you may write to, and that its disk has room.',
    'person',
    'later',
    500,
  ),

  // seal: tokens, secrets and private keys at rest
  'seal.broken': row(
    'A sealed value could not be opened with this secret. Restore the secret that was made with this data directory.',
    'operator',
    'never',
    500,
  ),

  // simulator
  'simulator.off': row('The simulated portals are switched off.', 'operator', 'never', 409),
  'simulator.failed': row(
    'The simulated portals did not start. The log says why.',
    'us',
    'later',
    500,
  ),

  'internal.unexpected': row(
    'Something went wrong that Chartfold did not expect. The log names it by the request’s id.',
    'us',
    'later',
    500,
  ),
} as const;
