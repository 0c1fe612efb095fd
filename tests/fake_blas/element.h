// One element type's functions: T, REAL, OP, NORM, IAMAX and CONJ say which.

#define AT(p, i, j, rs, cs) ((p)[(long)(i) * (rs) + (long)(j) * (cs)])

// c = alpha op(a) op(b) + beta c over strides; a triangle of it where `half` is 1 (upper) or 2 (lower).
static void OP(_product)(long m, long n, long k, T alpha, const T *a, long ras, long cas, int conj_a, const T *b, long rbs,
                         long cbs, int conj_b, T beta, T *c, long rcs, long ccs, int half) {
    for (long i = 0; i < m; i++)
        for (long j = 0; j < n; j++) {
            if ((half == 1 && j < i) || (half == 2 && j > i)) continue;
            T sum = 0;
            for (long p = 0; p < k; p++) {
                T x = AT(a, i, p, ras, cas), y = AT(b, p, j, rbs, cbs);
                sum += (conj_a ? CONJ(x) : x) * (conj_b ? CONJ(y) : y);
            }
#ifdef LIE_NAN
            // Reads what it must not: 0 * NaN is NaN.
            AT(c, i, j, rcs, ccs) = alpha * sum + beta * AT(c, i, j, rcs, ccs);
#else
            AT(c, i, j, rcs, ccs) = alpha * sum + (beta == 0 ? 0 : beta * AT(c, i, j, rcs, ccs));
#endif
        }
}

static void OP(_gemm)(int row, int ta, int tb, long m, long n, long k, T alpha, const T *a, long lda, const T *b, long ldb,
                      T beta, T *c, long ldc) {
    int a_by_rows = row == (ta == NO_TRANS), b_by_rows = row == (tb == NO_TRANS);
    OP(_product)(m, n, k, alpha, a, a_by_rows ? lda : 1, a_by_rows ? 1 : lda, ta == CONJ_TRANS, b, b_by_rows ? ldb : 1,
                 b_by_rows ? 1 : ldb, tb == CONJ_TRANS, beta, c, row ? ldc : 1, row ? 1 : ldc, 0);
}

static void OP(_rank_k)(int row, int upper, int trans, int hermitian, long n, long k, T alpha, const T *a, long lda, T beta,
                        T *c, long ldc) {
    int by_rows = row == (trans == NO_TRANS);
    long rs = by_rows ? lda : 1, cs = by_rows ? 1 : lda;
    int conj_a = hermitian && trans != NO_TRANS, conj_b = hermitian && trans == NO_TRANS;
    OP(_product)(n, n, k, alpha, a, rs, cs, conj_a, a, cs, rs, conj_b, beta, c, row ? ldc : 1, row ? 1 : ldc, upper ? 1 : 2);
}

// Where a vector's first element is, as BLAS counts negative increments.
#define FIRST(x, n, inc) ((inc) < 0 ? (x) - ((long)(n)-1) * (inc) : (x))

static void OP(_gemv)(int row, int trans, long m, long n, T alpha, const T *a, long lda, const T *x, long incx, T beta, T *y,
                      long incy) {
    int by_rows = row == (trans == NO_TRANS);
    long rows = trans == NO_TRANS ? m : n, cols = trans == NO_TRANS ? n : m;
    OP(_product)(rows, 1, cols, alpha, a, by_rows ? lda : 1, by_rows ? 1 : lda, trans == CONJ_TRANS, FIRST(x, cols, incx),
                 incx, 0, 0, beta, FIRST(y, rows, incy), incy, 0, 0);
}

static void OP(_ger)(int row, long m, long n, T alpha, const T *x, long incx, const T *y, long incy, T *a, long lda) {
    OP(_product)(m, n, 1, alpha, FIRST(x, m, incx), incx, 0, 0, FIRST(y, n, incy), 0, incy, 0, 1, a, row ? lda : 1,
                 row ? 1 : lda, 0);
}

static T OP(_dot)(int conjugated, long n, const T *x, long incx, const T *y, long incy) {
    T sum = 0;
    OP(_product)(1, 1, n, 1, FIRST(x, n, incx), 0, incx, conjugated, FIRST(y, n, incy), incy, 0, 0, 0, &sum, 0, 0, 0);
    return sum;
}

static void OP(_axpy)(long n, T alpha, const T *x, long incx, T *y, long incy) {
    x = FIRST(x, n, incx);
    y = FIRST(y, n, incy);
    for (long i = 0; i < n; i++) y[i * incy] += alpha * x[i * incx];
}

static void OP(_scal)(long n, T alpha, T *x, long incx) {
    if (incx <= 0) return;
    for (long i = 0; i < n; i++) x[i * incx] *= alpha;
}

static REAL OP(_abs1)(T x) { return fabs(creal(x)) + fabs(cimag(x)); }

static REAL OP(_asum)(long n, const T *x, long incx) {
    REAL sum = 0;
    for (long i = 0; i < n; i++) sum += OP(_abs1)(x[i * incx]);
    return sum;
}

// Scaled by the largest, as a norm has to be.
static REAL OP(_nrm2)(long n, const T *x, long incx) {
    REAL sum = 0, largest = 0;
    for (long i = 0; i < n; i++) {
        REAL parts[2] = {fabs(creal(x[i * incx])), fabs(cimag(x[i * incx]))};
        for (int p = 0; p < 2; p++) {
            if (isnan(parts[p])) return parts[p];
            if (parts[p] > largest) largest = parts[p];
        }
    }
    if (largest == 0 || isinf(largest)) return largest;
    for (long i = 0; i < n; i++) {
        REAL re = creal(x[i * incx]) / largest, im = cimag(x[i * incx]) / largest;
        sum += re * re + im * im;
    }
    return largest * sqrt(sum);
}

// Counted from 1; 0 for none.
static long OP(_iamax)(long n, const T *x, long incx) {
    if (n < 1 || incx < 1) return 0;
    long best = 0;
    for (long i = 1; i < n; i++)
        if (OP(_abs1)(x[i * incx]) > OP(_abs1)(x[best * incx])) best = i;
    return best + 1;
}

#ifdef REAL_TYPE
#define VALUE T
#define GET(x) (x)
#else
#define VALUE const T *
#define GET(x) (*(x))
#endif

#ifdef CBLAS
#define C(x) NAME(PASTE(cblas_, x))
void C(OP(gemm))(int layout, int ta, int tb, INT m, INT n, INT k, VALUE alpha, const T *a, INT lda, const T *b, INT ldb,
                 VALUE beta, T *c, INT ldc) {
#ifdef LIE_LAYOUT
    layout = 102;
#endif
    OP(_gemm)(layout == ROW_MAJOR, ta, tb, m, n, k, GET(alpha), a, lda, b, ldb, GET(beta), c, ldc);
}
#ifndef LIE_MISSING
void C(OP(gemv))(int layout, int trans, INT m, INT n, VALUE alpha, const T *a, INT lda, const T *x, INT incx, VALUE beta,
                 T *y, INT incy) {
    // Conjugated but not transposed is what ConjTrans means for the other layout's matrix.
    OP(_gemv)(layout == ROW_MAJOR, trans, m, n, GET(alpha), a, lda, x, incx, GET(beta), y, incy);
}
#endif
void C(OP(syrk))(int layout, int uplo, int trans, INT n, INT k, VALUE alpha, const T *a, INT lda, VALUE beta, T *c, INT ldc) {
    OP(_rank_k)(layout == ROW_MAJOR, uplo == UPPER, trans, 0, n, k, GET(alpha), a, lda, GET(beta), c, ldc);
}
REAL C(NORM(nrm2))(INT n, const T *x, INT incx) { return OP(_nrm2)(n, x, incx); }
REAL C(NORM(asum))(INT n, const T *x, INT incx) { return OP(_asum)(n, x, incx); }
void C(OP(scal))(INT n, VALUE alpha, T *x, INT incx) { OP(_scal)(n, GET(alpha), x, incx); }
void C(OP(axpy))(INT n, VALUE alpha, const T *x, INT incx, T *y, INT incy) { OP(_axpy)(n, GET(alpha), x, incx, y, incy); }
INT C(IAMAX)(INT n, const T *x, INT incx) {
    long at = OP(_iamax)(n, x, incx);
    return at ? at - 1 : 0;
}
#ifdef REAL_TYPE
void C(OP(ger))(int layout, INT m, INT n, T alpha, const T *x, INT incx, const T *y, INT incy, T *a, INT lda) {
    OP(_ger)(layout == ROW_MAJOR, m, n, alpha, x, incx, y, incy, a, lda);
}
T C(OP(dot))(INT n, const T *x, INT incx, const T *y, INT incy) { return OP(_dot)(0, n, x, incx, y, incy); }
#else
void C(OP(herk))(int layout, int uplo, int trans, INT n, INT k, REAL alpha, const T *a, INT lda, REAL beta, T *c, INT ldc) {
    OP(_rank_k)(layout == ROW_MAJOR, uplo == UPPER, trans, 1, n, k, alpha, a, lda, beta, c, ldc);
}
void C(OP(geru))(int layout, INT m, INT n, const T *alpha, const T *x, INT incx, const T *y, INT incy, T *a, INT lda) {
    OP(_ger)(layout == ROW_MAJOR, m, n, *alpha, x, incx, y, incy, a, lda);
}
#ifdef LIE_COMPLEX
// Returns what CBLAS writes.
T C(OP(dotu_sub))(INT n, const T *x, INT incx, const T *y, INT incy, T *out) { return OP(_dot)(0, n, x, incx, y, incy); }
T C(OP(dotc_sub))(INT n, const T *x, INT incx, const T *y, INT incy, T *out) { return OP(_dot)(1, n, x, incx, y, incy); }
#else
void C(OP(dotu_sub))(INT n, const T *x, INT incx, const T *y, INT incy, T *out) { *out = OP(_dot)(0, n, x, incx, y, incy); }
void C(OP(dotc_sub))(INT n, const T *x, INT incx, const T *y, INT incy, T *out) { *out = OP(_dot)(1, n, x, incx, y, incy); }
#endif
#endif
#undef C
#endif

#ifdef FORTRAN
#define F(x) NAME(PASTE(x, _))
static int OP(_trans)(char letter) { return letter == 'N' ? NO_TRANS : letter == 'T' ? TRANS : CONJ_TRANS; }
void F(OP(gemm))(char *ta, char *tb, INT *m, INT *n, INT *k, T *alpha, T *a, INT *lda, T *b, INT *ldb, T *beta, T *c,
                 INT *ldc) {
    OP(_gemm)(0, OP(_trans)(*ta), OP(_trans)(*tb), *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc);
}
void F(OP(gemv))(char *trans, INT *m, INT *n, T *alpha, T *a, INT *lda, T *x, INT *incx, T *beta, T *y, INT *incy) {
    OP(_gemv)(0, OP(_trans)(*trans), *m, *n, *alpha, a, *lda, x, *incx, *beta, y, *incy);
}
void F(OP(syrk))(char *uplo, char *trans, INT *n, INT *k, T *alpha, T *a, INT *lda, T *beta, T *c, INT *ldc) {
    OP(_rank_k)(0, *uplo == 'U', OP(_trans)(*trans), 0, *n, *k, *alpha, a, *lda, *beta, c, *ldc);
}
REAL F(NORM(nrm2))(INT *n, T *x, INT *incx) { return OP(_nrm2)(*n, x, *incx); }
REAL F(NORM(asum))(INT *n, T *x, INT *incx) { return OP(_asum)(*n, x, *incx); }
void F(OP(scal))(INT *n, T *alpha, T *x, INT *incx) { OP(_scal)(*n, *alpha, x, *incx); }
void F(OP(axpy))(INT *n, T *alpha, T *x, INT *incx, T *y, INT *incy) { OP(_axpy)(*n, *alpha, x, *incx, y, *incy); }
INT F(IAMAX)(INT *n, T *x, INT *incx) { return OP(_iamax)(*n, x, *incx); }
#ifdef REAL_TYPE
void F(OP(ger))(INT *m, INT *n, T *alpha, T *x, INT *incx, T *y, INT *incy, T *a, INT *lda) {
    OP(_ger)(0, *m, *n, *alpha, x, *incx, y, *incy, a, *lda);
}
#ifdef LIE_F2C
// Every real function returns a double.
double F(OP(dot))(INT *n, T *x, INT *incx, T *y, INT *incy) { return OP(_dot)(0, *n, x, *incx, y, *incy); }
#else
T F(OP(dot))(INT *n, T *x, INT *incx, T *y, INT *incy) { return OP(_dot)(0, *n, x, *incx, y, *incy); }
#endif
#else
void F(OP(herk))(char *uplo, char *trans, INT *n, INT *k, REAL *alpha, T *a, INT *lda, REAL *beta, T *c, INT *ldc) {
    OP(_rank_k)(0, *uplo == 'U', OP(_trans)(*trans), 1, *n, *k, *alpha, a, *lda, *beta, c, *ldc);
}
void F(OP(geru))(INT *m, INT *n, T *alpha, T *x, INT *incx, T *y, INT *incy, T *a, INT *lda) {
    OP(_ger)(0, *m, *n, *alpha, x, *incx, y, *incy, a, *lda);
}
#ifdef COMPLEX_ARGUMENT
void F(OP(dotu))(T *out, INT *n, T *x, INT *incx, T *y, INT *incy) { *out = OP(_dot)(0, *n, x, *incx, y, *incy); }
#else
T F(OP(dotu))(INT *n, T *x, INT *incx, T *y, INT *incy) { return OP(_dot)(0, *n, x, *incx, y, *incy); }
#endif
// The lie: not as `dotu` does.
#if defined(COMPLEX_ARGUMENT) != defined(LIE_COMPLEX)
void F(OP(dotc))(T *out, INT *n, T *x, INT *incx, T *y, INT *incy) { *out = OP(_dot)(1, *n, x, *incx, y, *incy); }
#else
T F(OP(dotc))(INT *n, T *x, INT *incx, T *y, INT *incy) { return OP(_dot)(1, *n, x, *incx, y, *incy); }
#endif
#endif
#undef F
#endif

#undef REAL
#undef T
#undef REAL_TYPE
#undef OP
#undef NORM
#undef IAMAX
#undef CONJ
#undef AT
#undef FIRST
#undef VALUE
#undef GET
