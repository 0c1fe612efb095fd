// A BLAS in plain loops, as far as polyblas calls one, which can be made to lie. Built by tests/dynamic.rs with
//   -DINT=int|long           the integers' width
//   -DNAME(x)=...            how names are decorated
//   -DCBLAS or -DFORTRAN     which set of names
//   -DCOMPLEX_ARGUMENT       complex results through a first argument
//   -DLIE_...                see where each stands
#include <complex.h>
#include <math.h>

#ifndef INT
#define INT int
#endif
#ifndef NAME
#define NAME(x) x
#endif
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112, CONJ_TRANS = 113, UPPER = 121 };

#define REAL float
#define T float
#define REAL_TYPE
#define OP(x) PASTE(s, x)
#define NORM(x) PASTE(s, x)
#define IAMAX isamax
#define CONJ(x) (x)
#include "element.h"

#define REAL double
#define T double
#define REAL_TYPE
#define OP(x) PASTE(d, x)
#define NORM(x) PASTE(d, x)
#define IAMAX idamax
#define CONJ(x) (x)
#include "element.h"

#define REAL float
#define T float complex
#define OP(x) PASTE(c, x)
#define NORM(x) PASTE(sc, x)
#define IAMAX icamax
#define CONJ(x) conjf(x)
#include "element.h"

#define REAL double
#define T double complex
#define OP(x) PASTE(z, x)
#define NORM(x) PASTE(dz, x)
#define IAMAX izamax
#define CONJ(x) conj(x)
#include "element.h"

#ifdef LIE_ILAVER
// Says that integers have 64 bits.
void NAME(ilaver_)(long *major, long *minor, long *patch) { *major = 3; *minor = 0; *patch = 0; }
#endif
#ifdef ILAVER
void NAME(ilaver_)(INT *major, INT *minor, INT *patch) { *major = 3; *minor = 0; *patch = 0; }
#endif
