#include "store/faulty_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace assay::store::testing {
namespace {

Faults faults;

enum class What { write, sync, other };

/// SQLITE_OK, or the error that this operation shall give.
int next_operation(What what) {
  const int number = ++faults.count;
  const Failing failing = faults.failing;
  const bool now = (failing == Failing::once && number == faults.at) ||
                   (failing == Failing::from_then_on && number >= faults.at);
  if (!now) return SQLITE_OK;
  faults.fired = true;
  if (faults.full && what == What::write) return SQLITE_FULL;
  switch (what) {
    case What::write: return SQLITE_IOERR_WRITE;
    case What::sync: return SQLITE_IOERR_FSYNC;
    case What::other: return SQLITE_IOERR;
  }
  return SQLITE_IOERR;
}

struct File {
  sqlite3_file base;
  bool is_log;
  /// The real file lies behind this one, where SQLite left room for it.
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return file_of(file)->real();
}

int do_write(sqlite3_file* file, const void* bytes, int n, sqlite3_int64 at) {
  const int code = next_operation(What::write);
  if (code == SQLITE_OK) return real(file)->pMethods->xWrite(real(file), bytes, n, at);
  if (n > 1) real(file)->pMethods->xWrite(real(file), bytes, n / 2, at);  // half of it arrives
  return code;
}

int do_sync(sqlite3_file* file, int) {
  if (file_of(file)->is_log) {
    ++faults.log_syncs;
    faults.log_syncs.notify_all();
    if (faults.syncs_fail) return SQLITE_IOERR_FSYNC;
  } else {
    ++faults.file_syncs;
  }
  return next_operation(What::sync);
}

int do_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = next_operation(What::other);
  return code == SQLITE_OK ? real(file)->pMethods->xTruncate(real(file), size) : SQLITE_IOERR_TRUNCATE;
}

// What follows only passes on.
int do_close(sqlite3_file* f) {
  return real(f)->pMethods->xClose(real(f));
}
int do_read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, n, at);
}
int do_size(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
int do_lock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xLock(real(f), level);
}
int do_unlock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xUnlock(real(f), level);
}
int do_check_lock(sqlite3_file* f, int* out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int do_control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int do_sector(sqlite3_file* f) {
  return real(f)->pMethods->xSectorSize(real(f));
}
int do_device(sqlite3_file* f) {
  return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int do_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int do_shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void do_shm_barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}
int do_shm_unmap(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

const sqlite3_io_methods kMethods{2,         do_close,   do_read,     do_write,       do_truncate,  do_sync,
                                  do_size,   do_lock,    do_unlock,   do_check_lock,  do_control,   do_sector,
                                  do_device, do_shm_map, do_shm_lock, do_shm_barrier, do_shm_unmap, nullptr,
                                  nullptr};

sqlite3_vfs* under() {
  static sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  return vfs;
}

int do_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  file_of(file)->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  if (next_operation(What::other) != SQLITE_OK) return SQLITE_CANTOPEN;
  const int code = under()->xOpen(under(), name, real(file), flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &kMethods;
  return code;
}

int do_delete(sqlite3_vfs*, const char* name, int sync_folder) {
  if (next_operation(What::other) != SQLITE_OK) return SQLITE_IOERR_DELETE;
  return under()->xDelete(under(), name, sync_folder);
}

int do_access(sqlite3_vfs*, const char* name, int flags, int* out) {
  return under()->xAccess(under(), name, flags, out);
}

void register_layer() {
  static sqlite3_vfs vfs = *under();
  vfs.szOsFile = static_cast<int>(sizeof(File)) + under()->szOsFile;
  vfs.pNext = nullptr;
  vfs.zName = kFaultyVfs.c_str();
  vfs.xOpen = do_open;
  vfs.xDelete = do_delete;
  vfs.xAccess = do_access;
  sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

void Faults::arm(Failing how, int nth, bool as_full) {
  disarm();
  at = nth;
  full = as_full;
  failing = how;
}

void Faults::disarm() {
  failing = Failing::never;
  count = 0;
  fired = false;
  full = false;
  syncs_fail = false;
}

Faults& faulty_disk() {
  static const bool registered = (register_layer(), true);
  static_cast<void>(registered);
  return faults;
}

TEST(FaultyVfs, counts_and_fails) {
  Faults& disk = faulty_disk();
  disk.arm(Failing::once, 2, false);
  EXPECT_EQ(next_operation(What::write), SQLITE_OK);
  EXPECT_FALSE(disk.fired);
  EXPECT_EQ(next_operation(What::write), SQLITE_IOERR_WRITE);
  EXPECT_TRUE(disk.fired);
  EXPECT_EQ(next_operation(What::write), SQLITE_OK);
  disk.arm(Failing::from_then_on, 1, true);
  EXPECT_EQ(next_operation(What::write), SQLITE_FULL);
  EXPECT_EQ(next_operation(What::sync), SQLITE_IOERR_FSYNC);
  disk.disarm();
}

}  // namespace assay::store::testing
