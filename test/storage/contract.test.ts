// The SQLite storage keeps the contract, with everything in memory and with nearly everything sealed.
import { storageContract } from './contract-suite.ts';
import { TemporaryStorage } from './temporary-storage.ts';

storageContract('SQLite storage', () => new TemporaryStorage());
storageContract('SQLite storage that seals every 2 rows', () => new TemporaryStorage({ sealRows: 2 }));
storageContract('SQLite storage that seals every 7 rows', () => new TemporaryStorage({ sealRows: 7 }));
storageContract(
  'SQLite storage that packs rows',
  () => new TemporaryStorage({ sealRows: 9, packFromCells: 1 }),
);
