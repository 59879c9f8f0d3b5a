/*
 * Flow.g4 - grammar of the .flow streaming language.
 * ANTLR 4.9.2, combined grammar, no embedded code, no predicates: the same file
 * generates the C++ parser of flowc and the Java TestRig that can check it.
 * flowc calls `moduleHead` and `item` one by one and never `file_`: so one broken item
 * cannot hide the next (compiler/syntax/README.md). `file_` is the formal start rule.
 *
 * Layout rules
 *  - newlines carry no meaning; every top-level item and every stage starts with its own token
 *  - {} blocks separate entries by newline (a comma is tolerated); () [] and values use commas
 *  - few reserved words (see `ident`): `key`, `time`, `count`, `status`... stay usable as fields
 *  - rule names end in Decl / Stage / Clause, tokens in K_*: no clash with C++ words or macros
 */
grammar Flow;

// ------------------------------------------------------------------ file
file_        : moduleHead? item* EOF ;

moduleHead   : annotation* (K_PIPELINE | K_MODULE) qualifiedName pipelineBody? ;
pipelineBody : '{' pipelineEntry* '}' ;
pipelineEntry
    : ident '=' expr ','?                                              # settingEntry
    | K_ERRORS route ','?                                              # errorsEntry
    ;

item         : annotation* itemBody ;
itemBody
    : useDecl | paramDecl | secretDecl | profileDecl | typeDecl | schemaDecl | fnDecl
    | templateDecl | sourceDecl | tableDecl | streamDecl | viewDecl | sinkDecl
    | flowDecl | alertDecl | sloDecl | fixtureDecl | testDecl ;

annotation   : '@' ident ('(' callArgs ')')? ;

useDecl      : K_USE (qualifiedName | STRING) (useNames | K_AS ident)? ;
useNames     : '.' '{' ident (',' ident)* ','? '}' ;

paramDecl    : K_PARAM ident (':' typeRef)? ('=' expr)? whereClause? ;
secretDecl   : K_SECRET ident '=' callOnly ;
callOnly     : ident '(' callArgs ')' ;
whereClause  : K_WHERE expr ;

profileDecl  : K_PROFILE ident K_DEFAULT? (K_EXTENDS ident)? '{' profileEntry* '}' ;
profileEntry
    : ident '=' expr ','?                                              # profileParam
    | K_REPLACE ident K_WITH connector                                 # profileReplace
    | K_SOURCE ident K_FROM connector                                  # profileSource
    | K_TABLE ident K_FROM connector                                   # profileTable
    | K_SINK ident K_TO connector                                      # profileSink
    ;

// ------------------------------------------------------------------ types, schemas, functions
typeDecl     : K_TYPE ident '=' typeRef whereClause? ;
typeRef      : typeAtom '?'? ;
typeAtom
    : K_ENUM '(' enumValue (',' enumValue)* ','? ')'                   # enumType
    | K_STRUCT '{' fieldDecl* '}'                                      # structType
    | ident '<' typeRef (',' typeRef)* '>'                             # genericType
    | qualifiedName ('(' INT (',' INT)* ')')?                          # namedType
    ;
enumValue    : STRING | ident ;

schemaDecl
    : K_SCHEMA ident (K_EXTENDS ident)? '{' schemaEntry* '}'           # schemaInline
    | K_SCHEMA ident '=' callOnly ('{' schemaEntry* '}')?              # schemaImported
    ;
schemaEntry
    : fieldDecl
    | extraDecl ;
extraDecl    : '...' (K_IGNORE | K_REJECT | K_INTO ident) ','? ;       // what happens to unknown keys
fieldDecl    : ident ':' typeRef annotation* ('=' expr)? whereClause? ','? ;

fnDecl       : K_FN ident '(' (fnParam (',' fnParam)*)? ')' ('->' typeRef)? '=' expr ;
fnParam      : ident ':' typeRef ('=' expr)? ;

templateDecl : K_TEMPLATE ident '(' (fnParam (',' fnParam)*)? ')' (K_ON typeRef)? '=' stage+ ;

// ------------------------------------------------------------------ sources, tables, sinks
connector    : ident '(' (namedArg (',' namedArg)* ','?)? ')' ;
namedArg     : ident ':' expr ;

sourceDecl   : K_SOURCE ident ':' typeRef sourceClause* ;
sourceClause
    : K_FROM connector                                                 # srcFrom
    | K_FORMAT ident ('(' callArgs ')')?                               # srcFormat
    | K_KEY exprList                                                   # srcKey
    | K_TIME expr K_WATERMARK watermarkSpec                            # srcTime
    | K_RATE amount '..' amount                                        # srcRate
    | K_FUTURE amount                                                  # srcFuture      // skew guard, on by default
    | K_ON K_ERROR route                                               # srcError
    ;
watermarkSpec: K_LAG amount (K_IDLE amount K_ADVANCE?)?
             | K_ASCENDING (K_IDLE amount K_ADVANCE?)?
             | K_NONE ;

tableDecl    : K_TABLE ident ':' typeRef tableClause* ;
tableClause
    : K_FROM connector                                                 # tabFrom
    | K_FORMAT ident ('(' callArgs ')')?                               # tabFormat
    | K_KEY exprList                                                   # tabKey
    | K_CACHE amount K_ROWS K_TTL amount (K_NEGATIVE amount)?          # tabCache
    | K_REFRESH K_EVERY amount                                         # tabRefresh
    | K_WARM K_ON K_START                                              # tabWarm
    | whereClause                                                      # tabWhere       // pushed down where the connector can
    | K_VERSIONED K_BY expr (K_RETAIN amount)?                         # tabVersioned
    ;

sinkDecl     : K_SINK ident (':' typeRef)? sinkClause* ;
sinkClause
    : K_TO connector                                                   # snkTo
    | K_FORMAT ident ('(' callArgs ')')?                               # snkFormat
    | K_KEY exprList                                                   # snkKey
    | K_BATCH amount K_ROWS? (K_OR amount)* (K_OR K_CHECKPOINT)?        # snkBatch
    | K_RETRY amount K_BACKOFF amount '..' amount                      # snkRetry
    | K_DELIVERY ident                                                 # snkDelivery
    | K_PII ident STRING?                                              # snkPii
    | K_COLUMNS '{' (assignment ','?)* '}'                             # snkColumns
    | K_ON K_ERROR route                                               # snkError
    ;

// every place where rows can leave the happy path takes a route; there is no default drop
route        : '->' ident
             | K_DISCARD STRING?
             | K_FAIL STRING?
             | K_DEFAULT ;

// ------------------------------------------------------------------ streams and stages
streamDecl   : K_STREAM ident (':' typeRef)? ('=' pipelineExpr)? ;     // no body: a junction fed by routes
viewDecl     : K_VIEW ident K_KEY '(' ident (',' ident)* ')' viewClause* '=' pipelineExpr ;
viewClause   : K_RETAIN amount | K_TO connector ;
flowDecl     : pipelineExpr ;                                          // from x |> ... |> into y
pipelineExpr : K_FROM ident (',' ident)* stage* ;

stage        : '|>' annotation* (ident ':')? stageBody ;               // label = stable state identity
stageBody
    : K_WHERE expr                                                     # whereStage
    | K_SELECT selectItem (',' selectItem)*                            # selectStage
    | K_EXTEND assignment (',' assignment)*                            # extendStage
    | K_SET assignment (',' assignment)*                               # setStage
    | K_WITHOUT ident (',' ident)*                                     # withoutStage
    | K_VALIDATE '{' validateRule* '}' K_ELSE route                    # validateStage
    | K_DEDUPE K_BY exprList K_WITHIN amount (K_ELSE route)?           # dedupeStage
    | K_LOOKUP ident (K_AS ident)? K_ON exprList
      K_SET assignment (',' assignment)* (K_ON K_ERROR route)?         # lookupStage
    | K_JOIN joinKind? ident (K_AS ident)? K_ON expr joinWhen
      (K_UNMATCHED route)? (K_LATE K_AFTER amount route)?              # joinStage
    | K_AGGREGATE assignment (',' assignment)* aggClause*              # aggregateStage
    | K_SESSION K_BY exprList K_GAP amount (K_MAX amount)? keyedPart*  # sessionStage
    | K_PROCESS K_BY exprList K_TTL amount keyedPart*                  # processStage
    | K_ANOMALY K_OF expr (K_BY exprList)? K_USING callOnly K_AS ident # anomalyStage
    | K_ROUTE '{' routeArm+ '}'                                        # routeStage
    | K_UNION ident (',' ident)*                                       # unionStage
    | K_FLATTEN expr (K_AS ident)?                                     # flattenStage
    | K_TOP amount K_BY exprList (K_PER exprList)?                     # topStage
    | K_SORT K_BY sortItem (',' sortItem)*                             # sortStage
    | K_LIMIT amount (K_PER exprList)?                                 # limitStage
    | K_SAMPLE amount                                                  # sampleStage
    | K_REKEY K_BY exprList                                            # rekeyStage
    | K_APPLY qualifiedName '(' callArgs ')'                           # applyStage
    | K_INTO (connector (K_PII ident STRING?)? | ident (',' ident)*)
      (K_AFTER ident)?                                                 # intoStage      // after: only once that sink has the rows
    ;

selectItem   : '*' (K_EXCEPT '(' ident (',' ident)* ')')?
             | expr (K_AS ident)? ;
assignment   : ident '=' expr ;
exprList     : expr (K_AS ident)? (',' expr (K_AS ident)?)* ;
sortItem     : expr (K_ASC | K_DESC)? ;
amount       : INT | DECIMAL | DURATION | SIZE | PARAM | '-' amount | '(' expr ')' ;

validateRule : K_WARN? ident ':' expr (K_MESSAGE STRING)? ','? ;
routeArm     : K_WHEN expr '->' ident ','?
             | K_ELSE route ','? ;

joinKind     : K_INNER | K_LEFT | K_FULL ;
joinWhen     : K_WITHIN amount '..' amount                             // interval join of two streams
             | K_AS K_OF expr                                          // temporal join to a versioned table
             ;

aggClause
    : K_BY exprList                                                    # aggBy
    | K_OVER windowSpec                                                # aggOver
    | emitClause                                                       # aggEmit
    | lateClause                                                       # aggLate
    | K_TTL amount                                                     # aggTtl
    | K_ON K_ERROR route                                               # aggError
    ;
windowSpec
    : K_TUMBLING amount (K_OFFSET amount)?                             # tumblingWindow
    | K_SLIDING amount K_EVERY amount                                  # slidingWindow
    | K_CUMULATING amount K_EVERY amount                               # cumulatingWindow
    | K_SESSION K_GAP amount (K_MAX amount)?                           # sessionWindow
    | K_LAST amount K_ROWS                                             # rowsWindow
    ;
emitClause   : K_EMIT emitWhen (',' emitWhen)* ;
emitWhen     : K_ON K_CLOSE | K_ON K_UPDATE | K_EVERY amount ;
lateClause   : K_LATE K_AFTER amount route ;

// ------------------------------------------------------------------ keyed state
keyedPart
    : K_STATE '{' stateField* '}'                                      # statePart
    | K_ON K_EVENT ident? statementBlock                               # onEventPart
    | K_ON K_TIMER ident statementBlock                                # onTimerPart
    | K_ON K_CLOSE statementBlock                                      # onClosePart
    | K_OUTPUT '{' outputField* '}'                                    # outputPart
    | emitClause                                                       # keyedEmit
    | lateClause                                                       # keyedLate
    | K_ON K_ERROR route                                               # keyedError
    ;
stateField   : ident ':' typeRef ('=' expr)? (K_MERGE ident)? (K_TTL amount)? annotation* ','? ;
outputField  : ident ('=' expr)? ','? ;

statementBlock : '{' statement* '}' ;
statement
    : ident ('=' | '+=' | '-=' | '?=') expr                            # assignStatement
    | ident '[' expr ']' ('=' | '+=' | '-=' | '?=') expr               # putStatement
    | K_LET ident '=' expr                                             # letStatement
    | K_IF expr statementBlock (K_ELSE (statementBlock | ifElse))?     # ifStatement
    | K_MATCH expr '{' statementArm+ '}'                               # matchStatement
    | K_EMIT structLiteral route?                                      # emitStatement
    | K_SET K_TIMER ident '=' expr                                     # timerStatement
    | K_CANCEL K_TIMER ident                                           # cancelStatement
    | K_CLEAR                                                          # clearStatement
    ;
ifElse       : K_IF expr statementBlock (K_ELSE (statementBlock | ifElse))? ;
statementArm : pattern (',' pattern)* '->' (statement | statementBlock) ;
pattern      : signedLiteral ('..' signedLiteral)? | K_ELSE ;
signedLiteral: '-'? literal ;

// ------------------------------------------------------------------ operations and tests
alertDecl    : K_ALERT ident alertClause* ;
alertClause
    : K_WHEN expr                                                      # alertWhen
    | K_FOR amount                                                     # alertFor
    | K_SEVERITY ident                                                 # alertSeverity
    | K_NOTIFY ident (',' ident)*                                      # alertNotify
    | K_MESSAGE (STRING | FSTRING)                                     # alertMessage
    ;
sloDecl      : K_SLO ident K_WHEN expr K_OBJECTIVE amount K_OVER amount (K_NOTIFY ident (',' ident)*)? ;

fixtureDecl  : K_FIXTURE ident ':' typeRef '=' expr ;
testDecl     : K_TEST STRING (K_PROFILE ident)? '{' testStep* '}' ;
testStep
    : K_LET ident '=' expr                                             # testLet
    | K_GIVEN ident (K_AT testTime)? (listLiteral | callOnly)          # testGiven
    | K_ADVANCE (K_TO testTime | K_BY amount)                          # testAdvance
    | K_RESTART                                                        # testRestart
    | K_EXPECT K_THAT expr                                             # testExpectThat
    | K_EXPECT ident (K_WHERE '(' expr ')')? expectation               # testExpectRows
    ;
testTime     : TIMESTAMP | ident | '(' expr ')' ;     // no bare expr: a list follows it
expectation  : (K_EXACTLY | K_CONTAINS | K_IN K_ORDER)? listLiteral
             | K_EMPTY
             | K_ROWS INT ;

// ------------------------------------------------------------------ expressions
// one left-recursive rule, tightest first; and/or/not/is/in/like as in SQL, == for equality
expr
    : primary                                                          # primaryExpr
    | expr ('.' | '?.') ident ('(' callArgs ')')?                      # memberExpr
    | expr '[' expr ']'                                                # indexExpr
    | '-' expr                                                         # negateExpr
    | K_TRY expr                                                       # tryExpr
    | expr K_WITH structLiteral                                        # withExpr
    | expr ('*' | '/' | '%') expr                                      # mulExpr
    | expr ('+' | '-') expr                                            # addExpr
    | <assoc=right> expr '??' expr                                     # coalesceExpr
    | expr K_NOT? K_IN rangeLiteral                                    # inRangeExpr
    | expr K_NOT? K_IN expr                                            # inExpr
    | expr K_IS K_NOT? (K_NULL | K_TRUE | K_FALSE)                     # isExpr
    | expr K_NOT? (K_LIKE | K_MATCHES) expr                            # likeExpr
    | expr ('==' | '!=' | '<>' | '<' | '<=' | '>' | '>=') expr         # compareExpr
    | K_NOT expr                                                       # notExpr
    | expr K_AND expr                                                  # andExpr
    | expr K_OR expr                                                   # orExpr
    | K_IF expr K_THEN expr K_ELSE expr                                # ifExpr
    ;

primary
    : literal                                                          # literalPrimary
    | PARAM                                                            # paramPrimary
    | K_CAST '(' expr K_AS typeRef ')'                                 # castPrimary
    | K_MATCH expr '{' exprArm+ '}'                                    # matchPrimary
    | ident '(' callArgs ')'                                           # callPrimary
    | ident                                                            # namePrimary
    | listLiteral                                                      # listPrimary
    | structLiteral                                                    # structPrimary
    | '(' expr ')'                                                     # parenPrimary
    ;
exprArm      : pattern (',' pattern)* '->' expr ','? ;

// sum(amount where status == "paid"): the filter of an aggregate sits inside its parentheses
callArgs     : (callArg (',' callArg)* ','?)? whereClause? ;
callArg      : (ident ':')? expr ;

rangeLiteral : rangeBound '..' rangeBound ;
rangeBound   : '-'? (INT | DECIMAL | FLOAT | DURATION | TIMESTAMP | PARAM | ident) ;
listLiteral  : '[' (expr (',' expr)* ','?)? ']' ;
structLiteral: '{' (structEntry (',' structEntry)* ','?)? '}' ;
structEntry  : (ident | STRING) ':' expr
             | '...' expr
             | ident ;

literal
    : INT | DECIMAL | FLOAT | STRING | RAW_STRING | TEXT_BLOCK | FSTRING
    | DURATION | SIZE | TIMESTAMP | K_TRUE | K_FALSE | K_NULL ;

qualifiedName: ident ('.' ident)* ;

// everything here is a keyword only where the grammar expects it
ident
    : IDENT | QUOTED_IDENT
    | K_ADVANCE | K_AFTER | K_AGGREGATE | K_ALERT | K_ANOMALY | K_APPLY | K_ASC | K_ASCENDING | K_AT
    | K_BACKOFF | K_BATCH | K_BY | K_CACHE | K_CANCEL | K_CHECKPOINT | K_CLEAR | K_CLOSE | K_COLUMNS
    | K_CONTAINS | K_CUMULATING | K_DEDUPE | K_DEFAULT | K_DELIVERY | K_DESC | K_DISCARD | K_EMPTY
    | K_ENUM | K_ERROR | K_ERRORS | K_EVENT | K_EVERY | K_EXACTLY | K_EXCEPT | K_EXPECT | K_EXTEND
    | K_EXTENDS | K_FAIL | K_FIXTURE | K_FLATTEN | K_FN | K_FOR | K_FORMAT | K_FULL | K_FUTURE | K_GAP | K_GIVEN
    | K_IDLE | K_IGNORE | K_INNER | K_INTO | K_JOIN | K_KEY | K_LAG | K_LAST | K_LATE | K_LEFT | K_LIMIT
    | K_LOOKUP | K_MAX | K_MERGE | K_MESSAGE | K_MODULE | K_NEGATIVE | K_NONE | K_NOTIFY | K_OBJECTIVE
    | K_OF | K_OFFSET | K_ORDER | K_OUTPUT | K_OVER | K_PARAM | K_PER | K_PII | K_PIPELINE | K_PROCESS
    | K_PROFILE | K_RATE | K_REFRESH | K_REJECT | K_REKEY | K_REPLACE | K_RESTART | K_RETAIN | K_RETRY
    | K_ROUTE | K_ROWS | K_SAMPLE | K_SCHEMA | K_SECRET | K_SELECT | K_SESSION | K_SET | K_SEVERITY
    | K_SINK | K_SLIDING | K_SLO | K_SORT | K_SOURCE | K_START | K_STATE | K_STREAM | K_STRUCT | K_TABLE
    | K_TEMPLATE | K_TEST | K_THAT | K_TIME | K_TIMER | K_TO | K_TOP | K_TTL | K_TUMBLING | K_TYPE
    | K_UNION | K_UNMATCHED | K_UPDATE | K_USE | K_USING | K_VALIDATE | K_VERSIONED | K_VIEW | K_WARM
    | K_WARN | K_WATERMARK | K_WHEN | K_WITHIN | K_WITHOUT
    ;

// ------------------------------------------------------------------ lexer: reserved words (23)
K_AND : 'and' ;        K_AS : 'as' ;          K_CAST : 'cast' ;      K_ELSE : 'else' ;
K_EMIT : 'emit' ;      K_FALSE : 'false' ;    K_FROM : 'from' ;      K_IF : 'if' ;
K_IN : 'in' ;          K_IS : 'is' ;          K_LET : 'let' ;        K_LIKE : 'like' ;
K_MATCH : 'match' ;    K_MATCHES : 'matches' ; K_NOT : 'not' ;       K_NULL : 'null' ;
K_ON : 'on' ;          K_OR : 'or' ;          K_THEN : 'then' ;      K_TRUE : 'true' ;
K_TRY : 'try' ;        K_WHERE : 'where' ;    K_WITH : 'with' ;

// ------------------------------------------------------------------ lexer: contextual words
K_ADVANCE : 'advance' ;       K_AFTER : 'after' ;           K_AGGREGATE : 'aggregate' ;
K_ALERT : 'alert' ;           K_ANOMALY : 'anomaly' ;       K_APPLY : 'apply' ;
K_ASC : 'asc' ;               K_ASCENDING : 'ascending' ;   K_AT : 'at' ;
K_BACKOFF : 'backoff' ;       K_BATCH : 'batch' ;           K_BY : 'by' ;
K_CACHE : 'cache' ;           K_CANCEL : 'cancel' ;         K_CHECKPOINT : 'checkpoint' ;
K_CLEAR : 'clear' ;           K_CLOSE : 'close' ;           K_COLUMNS : 'columns' ;
K_CONTAINS : 'contains' ;     K_CUMULATING : 'cumulating' ; K_DEDUPE : 'dedupe' ;
K_DEFAULT : 'default' ;       K_DELIVERY : 'delivery' ;     K_DESC : 'desc' ;
K_DISCARD : 'discard' ;       K_EMPTY : 'empty' ;           K_ENUM : 'enum' ;
K_ERROR : 'error' ;           K_ERRORS : 'errors' ;         K_EVENT : 'event' ;
K_EVERY : 'every' ;           K_EXACTLY : 'exactly' ;       K_EXCEPT : 'except' ;
K_EXPECT : 'expect' ;         K_EXTEND : 'extend' ;         K_EXTENDS : 'extends' ;
K_FAIL : 'fail' ;             K_FIXTURE : 'fixture' ;       K_FLATTEN : 'flatten' ;
K_FN : 'fn' ;                 K_FOR : 'for' ;               K_FORMAT : 'format' ;
K_FULL : 'full' ;             K_FUTURE : 'future' ;         K_GAP : 'gap' ;               K_GIVEN : 'given' ;
K_IDLE : 'idle' ;             K_IGNORE : 'ignore' ;         K_INNER : 'inner' ;
K_INTO : 'into' ;             K_JOIN : 'join' ;             K_KEY : 'key' ;
K_LAG : 'lag' ;               K_LAST : 'last' ;             K_LATE : 'late' ;
K_LEFT : 'left' ;             K_LIMIT : 'limit' ;           K_LOOKUP : 'lookup' ;
K_MAX : 'max' ;               K_MERGE : 'merge' ;           K_MESSAGE : 'message' ;
K_MODULE : 'module' ;         K_NEGATIVE : 'negative' ;     K_NONE : 'none' ;
K_NOTIFY : 'notify' ;         K_OBJECTIVE : 'objective' ;   K_OF : 'of' ;
K_OFFSET : 'offset' ;         K_ORDER : 'order' ;           K_OUTPUT : 'output' ;
K_OVER : 'over' ;             K_PARAM : 'param' ;           K_PER : 'per' ;
K_PII : 'pii' ;               K_PIPELINE : 'pipeline' ;     K_PROCESS : 'process' ;
K_PROFILE : 'profile' ;       K_RATE : 'rate' ;             K_REFRESH : 'refresh' ;
K_REJECT : 'reject' ;         K_REKEY : 'rekey' ;           K_REPLACE : 'replace' ;
K_RESTART : 'restart' ;       K_RETAIN : 'retain' ;         K_RETRY : 'retry' ;
K_ROUTE : 'route' ;           K_ROWS : 'rows' ;             K_SAMPLE : 'sample' ;
K_SCHEMA : 'schema' ;         K_SECRET : 'secret' ;         K_SELECT : 'select' ;
K_SESSION : 'session' ;       K_SET : 'set' ;               K_SEVERITY : 'severity' ;
K_SINK : 'sink' ;             K_SLIDING : 'sliding' ;       K_SLO : 'slo' ;
K_SORT : 'sort' ;             K_SOURCE : 'source' ;         K_START : 'start' ;
K_STATE : 'state' ;           K_STREAM : 'stream' ;         K_STRUCT : 'struct' ;
K_TABLE : 'table' ;           K_TEMPLATE : 'template' ;     K_TEST : 'test' ;
K_THAT : 'that' ;             K_TIME : 'time' ;             K_TIMER : 'timer' ;
K_TO : 'to' ;                 K_TOP : 'top' ;               K_TTL : 'ttl' ;
K_TUMBLING : 'tumbling' ;     K_TYPE : 'type' ;             K_UNION : 'union' ;
K_UNMATCHED : 'unmatched' ;   K_UPDATE : 'update' ;         K_USE : 'use' ;
K_USING : 'using' ;           K_VALIDATE : 'validate' ;     K_VERSIONED : 'versioned' ;
K_VIEW : 'view' ;             K_WARM : 'warm' ;             K_WARN : 'warn' ;
K_WATERMARK : 'watermark' ;   K_WHEN : 'when' ;             K_WITHIN : 'within' ;
K_WITHOUT : 'without' ;

// ------------------------------------------------------------------ lexer: literals
TIMESTAMP
    : '@' D D D D '-' D D '-' D D
      ('T' D D ':' D D (':' D D ('.' D+)?)? ('Z' | [+-] D D ':' D D)?)? ;
DURATION     : (D+ ('ns' | 'us' | 'ms' | 's' | 'm' | 'h' | 'd' | 'w'))+ ;
SIZE         : D+ ('B' | 'KB' | 'MB' | 'GB' | 'TB' | 'KiB' | 'MiB' | 'GiB' | 'TiB') ;
FLOAT        : D+ ('.' D+)? [eE] [+-]? D+ ;
DECIMAL      : D (D | '_')* '.' D+ ;
INT          : D (D | '_')* ;
BAD_NUMBER   : D+ [a-zA-Z_] [a-zA-Z0-9_]* ;        // 5min, 10sec: own token, own error message

TEXT_BLOCK   : '"""' .*? '"""' ;
RAW_STRING   : 'r"' ~["\r\n]* '"' ;
FSTRING      : 'f"' (ESC | ~["\\\r\n])* '"' ;       // f"user:{user_id}": parts are parsed by flowc
STRING       : '"' (ESC | ~["\\\r\n])* '"'
             | '\'' (ESC | ~['\\\r\n])* '\'' ;
// What a string, name or comment without its end looks like: tokens of their own, so that flowc
// can say so at the place where it starts. Each is shorter than the closed form.
BAD_TEXT_BLOCK : '"""' (~'"' | '"' ~'"' | '""' ~'"')* ('"' '"'?)? EOF ;
BAD_STRING   : 'f'? '"' (ESC | ~["\\\r\n])* '\\'?
             | '\'' (ESC | ~['\\\r\n])* '\\'?
             | 'r"' ~["\r\n]* ;
BAD_QUOTED_IDENT : '`' ~[`\r\n]* | '``' ;
fragment ESC : '\\' ~[\r\n] ;
fragment D   : [0-9] ;

PARAM        : '$' [a-zA-Z_] [a-zA-Z0-9_]* ;
QUOTED_IDENT : '`' ~[`\r\n]+ '`' ;
IDENT        : [a-zA-Z_] [a-zA-Z0-9_]* ;

// comments stay in the token stream: flowc fmt keeps them, /// documents the next item
DOC_COMMENT   : '///' ~[\r\n]* -> channel(HIDDEN) ;
LINE_COMMENT  : '//' ~[\r\n]* -> channel(HIDDEN) ;
BLOCK_COMMENT : '/*' .*? '*/' -> channel(HIDDEN) ;
BAD_COMMENT   : '/*' (~'*' | '*'+ ~[*/])* '*'* EOF ;
WS            : [ \t\r\n]+ -> skip ;               // fmt keeps blank lines by line numbers

// ------------------------------------------------------------------ lexer: punctuation
PIPE : '|>' ;       ARROW : '->' ;      LPAREN : '(' ;      RPAREN : ')' ;
LBRACE : '{' ;      RBRACE : '}' ;      LBRACKET : '[' ;    RBRACKET : ']' ;
COMMA : ',' ;       COLON : ':' ;       DOT : '.' ;         SAFE_DOT : '?.' ;
RANGE : '..' ;      ELLIPSIS : '...' ;  QUESTION : '?' ;    COALESCE : '??' ;
ASSIGN : '=' ;      ADD_ASSIGN : '+=' ; SUB_ASSIGN : '-=' ; OPT_ASSIGN : '?=' ;
EQ : '==' ;         NE : '!=' ;         NE_SQL : '<>' ;     LT : '<' ;
LE : '<=' ;         GT : '>' ;          GE : '>=' ;         PLUS : '+' ;
MINUS : '-' ;       STAR : '*' ;        SLASH : '/' ;       PERCENT : '%' ;
AT_SIGN : '@' ;

// operators of other languages: no rule uses them; flowc names the one that is meant
FOREIGN_OP : '&&' | '||' | '===' | '!==' | '=>' | ':=' | '!' | ';' | '|' | '&' | '**' | '++' ;
UNKNOWN    : . ;
