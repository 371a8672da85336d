#include "CProjectQuota.h"

#include <errno.h>

#ifdef __linux__

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <unistd.h>

// linux/quota.h has it, and cannot be included beside sys/quota.h.
enum { project_quota = 2 };

int frappectl_project_get(int file, uint32_t *project, int *inherits) {
  struct fsxattr attributes;
  if (ioctl(file, FS_IOC_FSGETXATTR, &attributes) != 0) return errno;
  *project = attributes.fsx_projid;
  *inherits = (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0;
  return 0;
}

static int set_project(int file, uint32_t project, int inherits) {
  struct fsxattr attributes;
  if (ioctl(file, FS_IOC_FSGETXATTR, &attributes) != 0) return errno;
  uint32_t flags = attributes.fsx_xflags & ~(uint32_t)FS_XFLAG_PROJINHERIT;
  if (inherits) flags |= FS_XFLAG_PROJINHERIT;
  if (attributes.fsx_projid == project && attributes.fsx_xflags == flags) return 0;
  attributes.fsx_projid = project;
  attributes.fsx_xflags = flags;
  return ioctl(file, FS_IOC_FSSETXATTR, &attributes) == 0 ? 0 : errno;
}

// One open file for each level.
enum { deepest = 200 };

static int mark(int directory, uint32_t project, dev_t device, int depth);

static int mark_entry(int directory, const char *name, uint32_t project, dev_t device, int depth) {
  struct stat status;
  if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : errno;
  int is_directory = S_ISDIR(status.st_mode);
  if (status.st_dev != device || (!is_directory && !S_ISREG(status.st_mode))) return 0;
  if (is_directory && depth == deepest) return ELOOP;
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (is_directory ? O_DIRECTORY : 0);
  int file = openat(directory, name, flags);
  // Whoever writes there may have put something else in its place.
  if (file < 0) return errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO ? 0 : errno;
  int result = 0;
  if (fstat(file, &status) != 0) {
    result = errno;
  } else if (is_directory) {
    result = mark(file, project, device, depth + 1);
  } else if (S_ISREG(status.st_mode)) {
    result = set_project(file, project, 0);
  }
  close(file);
  return result;
}

// The directory before what is in it: what is made meanwhile is seen, or counts already.
static int mark(int directory, uint32_t project, dev_t device, int depth) {
  int result = set_project(directory, project, project != 0);
  if (result != 0) return result;
  int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return errno;
  DIR *stream = fdopendir(copy);
  if (stream == NULL) {
    result = errno;
    close(copy);
    return result;
  }
  while (result == 0) {
    errno = 0;
    struct dirent *entry = readdir(stream);
    if (entry == NULL) {
      result = errno;
      break;
    }
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    result = mark_entry(directory, entry->d_name, project, device, depth);
  }
  closedir(stream);
  return result;
}

int frappectl_project_mark(int directory, uint32_t project) {
  struct stat status;
  if (fstat(directory, &status) != 0) return errno;
  return mark(directory, project, status.st_dev, 0);
}

int frappectl_quota_get(const char *device, uint32_t project, uint64_t *limit, uint64_t *used) {
  struct dqblk quota;
  memset(&quota, 0, sizeof quota);
  if (quotactl(QCMD(Q_GETQUOTA, project_quota), device, (int)project, (char *)&quota) != 0) {
    // XFS knows nothing of a project that was never used.
    if (errno != ENOENT) return errno;
    memset(&quota, 0, sizeof quota);
  }
  *limit = quota.dqb_bhardlimit * 1024;
  *used = quota.dqb_curspace;
  return 0;
}

int frappectl_quota_set(const char *device, uint32_t project, uint64_t limit) {
  struct dqblk quota;
  memset(&quota, 0, sizeof quota);
  quota.dqb_bhardlimit = (limit + 1023) / 1024;
  quota.dqb_valid = QIF_BLIMITS;
  return quotactl(QCMD(Q_SETQUOTA, project_quota), device, (int)project, (char *)&quota) == 0 ? 0 : errno;
}

#else

int frappectl_project_get(int file, uint32_t *project, int *inherits) { return ENOTSUP; }
int frappectl_project_mark(int directory, uint32_t project) { return ENOTSUP; }
int frappectl_quota_get(const char *device, uint32_t project, uint64_t *limit, uint64_t *used) { return ENOTSUP; }
int frappectl_quota_set(const char *device, uint32_t project, uint64_t limit) { return ENOTSUP; }

#endif
