# What `make deb` packs: programs, unit, settings, pages. Everything else of the package is in deploy/.
include(GNUInstallDirs)

function(parley_gzip output input)
  add_custom_command(OUTPUT ${output} DEPENDS ${input} VERBATIM
    COMMAND sh -c "gzip -9n < \"$1\" > \"$2\"" gzip ${input} ${output})
endfunction()

set(package_dir ${PROJECT_BINARY_DIR}/package)
file(MAKE_DIRECTORY ${package_dir})
set(packed "")
foreach(page parleyd.8 parleyctl.8)
  parley_gzip(${package_dir}/${page}.gz ${PROJECT_SOURCE_DIR}/deploy/man/${page})
  list(APPEND packed ${package_dir}/${page}.gz)
  install(FILES ${package_dir}/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT deb)
endforeach()
foreach(page configuration operations limits authorization protocol)
  parley_gzip(${package_dir}/${page}.md.gz ${PROJECT_SOURCE_DIR}/docs/${page}.md)
  list(APPEND packed ${package_dir}/${page}.md.gz)
  install(FILES ${package_dir}/${page}.md.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/parleyd COMPONENT deb)
endforeach()
parley_gzip(${package_dir}/changelog.gz ${PROJECT_SOURCE_DIR}/deploy/debian/changelog)
parley_gzip(${package_dir}/changelog.md.gz ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
list(APPEND packed ${package_dir}/changelog.gz ${package_dir}/changelog.md.gz)
add_custom_target(package_pages ALL DEPENDS ${packed})

install(TARGETS parleyd parleyctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT deb)
install(FILES deploy/systemd/parleyd.service DESTINATION /lib/systemd/system COMPONENT deb)
install(FILES deploy/systemd/parleyd.sysusers DESTINATION /usr/lib/sysusers.d
  RENAME parleyd.conf COMPONENT deb)
install(FILES deploy/debian/parleyd.toml DESTINATION /etc/parleyd COMPONENT deb)
install(FILES deploy/debian/completions/parleyd deploy/debian/completions/parleyctl
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT deb)
install(FILES ${package_dir}/changelog.gz ${package_dir}/changelog.md.gz
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/parleyd COMPONENT deb)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/parleyd RENAME copyright COMPONENT deb)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME parleyd)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "Parley maintainers <maintainers@parley.example>")
set(CPACK_COMPONENT_DEB_DESCRIPTION "chat engine for SignalR clients
Serves chat over the SignalR protocol and REST to the clients of a .NET chat
back end, and keeps every message in SQLite, MySQL or MariaDB before it says
so.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL deb)
set(CPACK_DEBIAN_DEB_PACKAGE_NAME parleyd)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "systemd | systemd-standalone-sysusers, init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/deploy/debian/postinst;${PROJECT_SOURCE_DIR}/deploy/debian/prerm"
  "${PROJECT_SOURCE_DIR}/deploy/debian/postrm;${PROJECT_SOURCE_DIR}/deploy/debian/conffiles")
include(CPack)
