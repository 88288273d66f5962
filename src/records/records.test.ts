// Runs the records contracts on the dialects there are.

import { openStore } from '../platform/db/sqlite/open.ts';
import { describeAttachments } from './attachments.contract.ts';
import { describeFeed } from './feed.contract.ts';
import { describeGone } from './gone.contract.ts';
import { recordsMigrations } from './migrations.ts';
import { describeRecords } from './records.contract.ts';
import { describeReplay } from './replay.contract.ts';
import { describeTexts } from './texts.contract.ts';

const openSqlite = () =>
  openStore({ file: ':memory:', keyHex: '5e'.repeat(32), migrations: recordsMigrations });

describeRecords('SQLite', openSqlite);
describeFeed('SQLite', openSqlite);
describeReplay('SQLite', openSqlite);
describeGone('SQLite', openSqlite);
describeAttachments('SQLite', openSqlite);
describeTexts('SQLite', openSqlite);
