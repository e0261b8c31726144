// The scenario language. docs/scenarios.md describes it for its users.
//
// Words that name things of which there may be more one day (protections, advice, errors, page properties, smaps fields, policies) are not
// words of the grammar: the resolver knows them and suggests the nearest. Nothing here is recursive, so a text cannot nest deeply.
grammar Scenario;

scenario : line? (NL line?)* EOF ;

line
    : TITLE
    | SOURCE
    | setting
    | named
    | global
    | expectation
    | 'mark'
    | parallel
    | schedule
    ;

// ---- what the machine must be like

setting
    : 'thp' thpSetting+
    | 'swap' size
    | 'memory' size
    | 'entries' NUMBER
    | 'hugetlb' NUMBER
    | 'unprivileged'
    | 'policy' slot '=' choice option*
    | 'switch' IDENT '=' choice
    ;

thpSetting : (SIZE | IDENT | PATH) '=' (IDENT | NUMBER | 'always' | 'madvise') ;

slot : IDENT | QUALIFIED ;

choice : IDENT | PATH | NUMBER | 'on' ;

option : IDENT '=' (IDENT | PATH | NUMBER | SIZE | 'on') ;

// ---- things with a name, and what processes do

named : IDENT ('=' object | ':' step (';' step)*) ;

object
    : 'process'
    | 'fork' IDENT result?
    | 'range' size placement*
    | 'file' size
    | 'memfd' size
    | 'hugetlb' size
    ;

placement
    : 'align' size
    | 'at' place
    | 'after' place
    | 'gap' size
    ;

step : (operation | IDENT '=' producer) result? ;

producer
    : 'mmap' size mapping placement*
    | 'mremap' place 'to' size moveFlag* placement*
    | 'pin' place IDENT+
    | 'vmsplice' place
    | 'fork'
    ;

operation
    : 'exit'
    | 'mmap' place mapping
    | 'munmap' place
    | 'mprotect' place IDENT
    | 'madvise' place IDENT
    | 'mremap' place 'to' (place | size) moveFlag*
    | 'mlock' place
    | 'mlock2' place 'onfault'?
    | 'munlock' place
    | 'mlockall' lockFlag+
    | 'munlockall'
    | 'limit' 'memlock' (size | 'unlimited')
    | 'write' place value
    | 'read' place ('=' value)?
    | 'unpin' IDENT
    | 'device' 'read' IDENT index ('=' value)?
    | 'device' 'write' IDENT index value
    | 'pipe' 'read' IDENT index ('=' value)?
    | 'pipe' 'close' IDENT
    | 'truncate' IDENT size
    | punching
    | breakpoint
    | 'shrink'
    | 'reclaim' size
    | failing
    | 'khugepaged' size?
    | userfault
    | reading
    | raw
    ;

/** A message of a change of mappings. */
reading : 'uffd-read' IDENT (place ('to' place)?)? ;

/** In a page of a file: [3]. */
breakpoint : ('uprobe' | 'uprobe-remove') IDENT index ;

/** Pages of a file: [3] or [4:8]. */
punching : ('punch-hole' | 'fallocate') IDENT '[' first=size (':' last=size)? ']' ;

userfault
    : ('uffd-open' | 'uffd-close') IDENT*
    | ('uffd-register' | 'uffd-unregister' | 'uffd-zeropage' | 'uffd-continue' | 'uffd-writeprotect' | 'uffd-poison' | 'uffd-wake')
      place IDENT*
    | 'uffd-copy' place value IDENT*
    | 'finish' place ('=' value)?
    ;

mapping : IDENT ('private' | 'shared') ('anon' | 'file' IDENT ('offset' size)?) mapFlag* ;

mapFlag : 'populate' | 'locked' | 'noreserve' ;

moveFlag : 'dontunmap' | 'maymove' ;

lockFlag : 'current' | 'future' | 'onfault' ;

raw : 'raw' (IDENT | word) rawNumber* ;

rawNumber : '-'? NUMBER | HEX ;

global
    : breakpoint
    | 'shrink'
    | 'reclaim' size
    | failing
    | 'khugepaged' size?
    ;

/** Which allocations fail, after how many that succeed, and how often. */
failing : 'fail' what=IDENT ('>='? order=NUMBER)? ('after' skipped=NUMBER)? (often=IDENT times=NUMBER)? ;

result : '->' IDENT ('if' circumstance ('and' circumstance)* 'else' IDENT)? ;

// ---- parallel tasks

parallel : 'parallel' NL+ (task NL+)+ 'end' ;

task : 'task' IDENT ('in' IDENT)? ':' step (';' step)* ;

schedule : 'schedule' IDENT+ ;

// ---- expectations

expectation : ('expect' | 'always') guard? (IDENT ':')? claim ;

guard : ('if' | 'unless') circumstance ('and' circumstance)* ':' ;

circumstance
    : slot '=' choice
    | 'on' IDENT
    ;

claim
    : 'vmas' place comparison NUMBER                                       # vmaCount
    | 'vmas' place '=' area (',' area)*                                    # vmaList
    | 'vmstat' IDENT sign=('+' | '-') NUMBER                               # vmstat
    | 'thp' SIZE IDENT sign=('+' | '-') NUMBER                             # thpStat
    | 'khugepaged' IDENT sign=('+' | '-') NUMBER                           # khugepagedCounter
    | 'violation' IDENT                                                    # violation
    | 'counterexample' IDENT?                                              # counterexample
    | 'status' IDENT comparison size                                       # status
    | IDENT '(' place ')' comparison size                                  # smaps
    | NUMBER 'of' place property (',' property)*                           # pageCount
    | place 'not'? 'same' kind=('page' | 'folio') 'as' place               # same
    | place '=' value                                                      # contents
    | place ('is' | 'are' | 'has')? property (',' property)*               # pages
    ;

area : (IDENT | 'hole') size areaFlag* ;

areaFlag : 'not'? (IDENT | 'locked' | 'shared') ;

comparison : '=' | '!=' | '<=' | '>=' | '<' | '>' ;

property
    : 'not'? (IDENT | 'anon' | 'file' | 'hugetlb')
    | IDENT NUMBER
    | 'folio' size
    | 'not'? 'one' 'folio'
    ;

// ---- addresses, sizes, values

place : region slice? ('plus' size)? ('length' size)? ;

region : IDENT | QUALIFIED ;

slice : '[' first=size? (colon=':' last=size?)? ']' ;

index : '[' NUMBER ']' ;

size : NUMBER ('page' | 'pages' | 'bytes')? | SIZE ;

value : (HEX | '-'? NUMBER) rising='+'? ;

/** Words of the language that also name an action for raw. */
word
    : 'exit' | 'fork' | 'file' | 'mmap' | 'munmap' | 'mprotect' | 'madvise' | 'mremap' | 'mlock' | 'mlock2' | 'munlock' | 'mlockall'
    | 'munlockall' | 'read' | 'write' | 'pin' | 'unpin' | 'truncate' | 'shrink' | 'reclaim' | 'fail' | 'khugepaged'
    ;

// ---- tokens

TITLE : 'title' [ \t]+ ~[\r\n#]* ;
SOURCE : 'source' [ \t]+ ~[\r\n#]* ;

SIZE : [0-9]+ ('B' | 'kB' | 'KiB' | 'MiB' | 'GiB') ;
HEX : '0x' [0-9a-fA-F]+ ;
NUMBER : [0-9]+ ;

QUALIFIED : NAME ('.' NAME)+ ;
PATH : NAME ('/' [A-Za-z0-9_.-]+)+ ;
IDENT : NAME ;

fragment NAME : [A-Za-z_] [A-Za-z0-9_]* ('-' [A-Za-z0-9_]+)* ;

NL : '\r'? '\n' ;
SPACE : [ \t]+ -> skip ;
COMMENT : '#' ~[\r\n]* -> skip ;

/** Anything else: the parser says where it is and what should be there. */
OTHER : . ;
