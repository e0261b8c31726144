title   who refers to a page of a file keeps it when the file is cut, and the file gets another
source  Linux 6.18, truncate_inode_folio()

A = process
F = memfd 4 pages
A: buf = mmap 4 pages rw shared file F
A: write buf[3] 33
A: R = vmsplice buf[3]
A: truncate F 2 pages
A: pipe read R[0] = 33
A: truncate F 4 pages
A: write buf[3] 44
A: pipe read R[0] = 33
A: read buf[3] = 44
