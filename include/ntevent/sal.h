/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The annotations of Windows headers. Only the code analysers of Windows read them. Here they
 * expand to nothing. IN, OUT and OPTIONAL are not defined. wdm.h says why.
 */
#ifndef NTEVENT_SAL_H
#define NTEVENT_SAL_H

/* Parameters and results. */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_all_(size)
#define _Inout_updates_bytes_(size)
#define _Inout_updates_bytes_opt_(size)
#define _Out_
#define _Out_opt_
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_all_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_bytes_all_(size)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_bytes_to_opt_(size, count)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_bytebuffer_(size)
#define _COM_Outptr_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Null_
#define _Notnull_
#define _Maybenull_
#define _Const_
#define _Reserved_
#define _Printf_format_string_
#define _Points_to_data_
#define _Strict_type_match_
#define _Valid_
#define _Notvalid_
#define _Pre_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_valid_
#define _Post_
#define _Post_valid_
#define _Post_invalid_
#define _Post_satisfies_(condition)
#define _Pre_satisfies_(condition)
#define _In_range_(low, high)
#define _Out_range_(low, high)
#define _Ret_range_(low, high)
#define _Deref_out_range_(low, high)

/* Fields. */
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_bytes_(size)
#define _Field_size_bytes_opt_(size)
#define _Field_range_(low, high)
#define _Struct_size_bytes_(size)

/* Functions. */
#define _Check_return_
#define _Must_inspect_result_
#define _Success_(condition)
#define _Return_type_success_(condition)
#define _On_failure_(annotations)
#define _Always_(annotations)
#define _When_(condition, annotations)
#define _At_(target, annotations)
#define _Group_(annotations)
#define _Use_decl_annotations_
#define _Function_class_(name)
#define _Dispatch_type_(function)
#define _Kernel_clear_do_init_(yes)

/* IRQL, locks and memory. */
#define _IRQL_requires_(irql)
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(irql)
#define _IRQL_saves_
#define _IRQL_saves_global_(kind, parameter)
#define _IRQL_restores_
#define _IRQL_restores_global_(kind, parameter)
#define _IRQL_always_function_max_(irql)
#define _IRQL_always_function_min_(irql)
#define _IRQL_uses_cancel_
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Interlocked_
#define _Interlocked_operand_
#define __drv_aliasesMem
#define __drv_freesMem(kind)
#define __drv_allocatesMem(kind)
#define __drv_maxIRQL(irql)
#define __drv_requiresIRQL(irql)
#define __drv_sameIRQL
#define _Analysis_assume_(condition)
#define _Analysis_noreturn_

#endif
